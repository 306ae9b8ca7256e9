-- Schemas, and who may use them.
-- Scope: every schema of the hub. Objects are owned by anze_owner, which cannot log in.
create schema landing;
create schema core;
create schema quarantine;
create schema quality;
create schema reference;
create schema mart;
create schema report;

alter default privileges revoke execute on functions from public;

grant usage on schema landing, core, quarantine, quality, reference, mart, report to anze_loader;
alter default privileges in schema core grant select, insert on tables to anze_loader;
alter default privileges in schema core grant execute on functions to anze_loader;
alter default privileges in schema quarantine grant select, insert on tables to anze_loader;
alter default privileges in schema quality grant select, insert on tables to anze_loader;
alter default privileges in schema reference grant select on tables to anze_loader;
alter default privileges in schema mart grant select, insert on tables to anze_loader;
alter default privileges in schema mart grant usage on sequences to anze_loader;
alter default privileges in schema mart grant execute on functions to anze_loader;
alter default privileges in schema report grant select on tables to anze_loader;

grant usage on schema report to anze_regulator;
alter default privileges in schema report grant select on tables to anze_regulator;
