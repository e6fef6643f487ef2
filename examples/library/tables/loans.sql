CREATE TABLE loans (
    book_id  bigint NOT NULL REFERENCES books,
    member   text NOT NULL,
    since    date NOT NULL DEFAULT current_date,
    back     date,
    CHECK (back >= since)
);
-- a book is lent once at a time
CREATE UNIQUE INDEX loans_out ON loans (book_id) WHERE back IS NULL;
