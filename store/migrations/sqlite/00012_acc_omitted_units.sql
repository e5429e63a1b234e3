-- +goose Up
ALTER TABLE acc_accounts ADD COLUMN put_deletes_omitted_units boolean NOT NULL DEFAULT false;
