package main

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// machine is what the numbers depend on.
type machine struct {
	CPU    string `json:"cpu"`
	Cores  int    `json:"cores"`
	Memory string `json:"memory"`
	Disk   string `json:"disk"`
	Kernel string `json:"kernel"`
	Go     string `json:"go"`
}

// describeMachine tells of the machine, and of the disk that holds the directory, what
// Linux tells.
func describeMachine(dir string) machine {
	m := machine{CPU: unknown, Cores: runtime.NumCPU(), Memory: unknown, Disk: unknown, Kernel: unknown, Go: runtime.Version()}
	if text, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		m.CPU = valueOf(string(text), "model name")
	}
	if text, err := os.ReadFile("/proc/meminfo"); err == nil {
		if total, err := parseKilobytes(text, "MemTotal:"); err == nil {
			m.Memory = fmt.Sprintf("%.1f GiB", float64(total)/(1<<30))
		}
	}
	if text, err := os.ReadFile("/proc/sys/kernel/osrelease"); err == nil {
		m.Kernel = strings.TrimSpace(string(text))
	}
	if text, err := os.ReadFile("/proc/self/mounts"); err == nil {
		m.Disk = diskOf(string(text), dir)
	}
	return m
}

func (m machine) String() string {
	return fmt.Sprintf("%s, %d cores, %s of memory; %s; Linux %s; %s.", m.CPU, m.Cores, m.Memory, m.Disk, m.Kernel, m.Go)
}

// valueOf is the value of the first `name : value` line.
func valueOf(text, name string) string {
	for line := range strings.Lines(text) {
		if key, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(key) == name {
			return strings.TrimSpace(value)
		}
	}
	return unknown
}

// diskOf is the file system that holds the directory, and the kind of its device.
func diskOf(mounts, dir string) string {
	longest, device, kind := "", "", ""
	for line := range strings.Lines(mounts) {
		fields := strings.Fields(line)
		if len(fields) < 3 {
			continue
		}
		point := strings.TrimSuffix(fields[1], "/") + "/"
		if strings.HasPrefix(dir+"/", point) && len(point) >= len(longest) {
			longest, device, kind = point, fields[0], fields[2]
		}
	}
	if longest == "" {
		return unknown
	}
	name := filepath.Base(device)
	text, err := os.ReadFile(filepath.Join("/sys/class/block", name, "queue/rotational"))
	switch {
	case err != nil:
		return kind + " on " + name
	case strings.TrimSpace(string(text)) == "1":
		return kind + " on " + name + ", rotating or unknown to be not"
	}
	return kind + " on " + name + ", not rotating"
}
