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
	if mounted, ok := mountOf(dir); ok {
		m.Disk = mounted.disk()
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

// mount is a file system in its place.
type mount struct {
	device string // MAJOR:MINOR
	kind   string
	source string
}

// mountOf finds the file system that holds the directory.
func mountOf(dir string) (mount, bool) {
	text, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		return mount{}, false
	}
	return parseMounts(string(text), dir)
}

// parseMounts reads proc(5)'s mountinfo. Of mounts in one place the last one counts.
func parseMounts(mountinfo, dir string) (found mount, ok bool) {
	longest := 0
	for line := range strings.Lines(mountinfo) {
		place, what, _ := strings.Cut(line, " - ")
		at, of := strings.Fields(place), strings.Fields(what)
		if len(at) < 5 || len(of) < 2 {
			continue
		}
		point := strings.TrimSuffix(at[4], "/") + "/"
		if strings.HasPrefix(dir+"/", point) && len(point) >= longest {
			longest, found, ok = len(point), mount{device: at[2], kind: of[0], source: of[1]}, true
		}
	}
	return found, ok
}

// disk describes the file system and its device.
func (m mount) disk() string {
	name := filepath.Base(m.source)
	text, err := os.ReadFile(filepath.Join("/sys/dev/block", m.device, "queue/rotational"))
	if err != nil {
		return m.kind + " on " + name
	}
	if strings.TrimSpace(string(text)) == "0" {
		return m.kind + " on " + name + ", a solid-state disk"
	}
	return m.kind + " on " + name + ", which says that it rotates, as virtual disks may"
}
