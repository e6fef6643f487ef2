-- a comment, and nothing that ends a transaction
CREATE SCHEMA seen;
CREATE TABLE seen.source AS SELECT * FROM pgmi_source_view;
CREATE TABLE seen.plan AS SELECT * FROM pgmi_plan_view;
CREATE TABLE seen.parameter AS SELECT * FROM pgmi_parameter_view;
CREATE TABLE seen.metadata AS SELECT * FROM pgmi_source_metadata_view;
CREATE TABLE seen.test_source AS SELECT * FROM pgmi_test_source_view;
CREATE TABLE seen.test_directory AS SELECT * FROM pgmi_test_directory_view;
