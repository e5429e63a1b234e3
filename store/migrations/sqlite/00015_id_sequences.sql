-- +goose Up

-- Floors that follow from a very large chosen id are none: new ids do not follow it.
DELETE FROM id_floors WHERE of_table <> 'responsys_organizations' AND last > 1073741824;
