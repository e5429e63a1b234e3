package main

import (
	"os"
	"testing"

	"orglink/store/storetest"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }
