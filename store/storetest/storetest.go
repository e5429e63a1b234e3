package storetest

import (
	"testing"

	"orglink/store"
)

// Open opens a fresh, empty store that is closed at the end of the test.
type Open func(t *testing.T) *store.Store

// Run is the conformance suite: what a database must do to hold a store. Every
// part gets stores of its own.
func Run(t *testing.T, open Open) {
	for name, suite := range map[string]func(*testing.T, Open){
		"workspaces": testWorkspaces,
		"access":     testAccess,
		// acc
		"acc": testAcc,
		// comanage
		"comanage":         testComanage,
		"comanage objects": testComanageObjects,
		"comanage unique":  testComanageUnique,
		"comanage delete":  testComanageDelete,
		"comanage pages":   testComanagePage,
		"comanage COs":     testComanageCOs,
		// cux
		"cux": testCux,
		// responsys
		"responsys":          testResponsys,
		"responsys deletion": testResponsysDeletion,
		"responsys programs": testResponsysPrograms,
		// svi
		"svi":           testSvi,
		"svi documents": testSviDocuments,
		"svi locks":     testSviLocks,
		"svi types":     testSviTypes,
		"svi links":     testSviLinks,
		"svi history":   testSviHistory,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			suite(t, open)
		})
	}
}
