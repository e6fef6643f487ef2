CREATE TABLE of_the_head (id int);
COMMIT;
CREATE TABLE of_the_tail (id int);

BEGIN;
CREATE TABLE lost (id int);
