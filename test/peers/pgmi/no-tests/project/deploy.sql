CREATE TABLE never (id int);
BEGIN;
CALL pgmi_test('/orders/');
COMMIT;
