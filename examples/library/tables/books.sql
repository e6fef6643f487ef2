CREATE TABLE books (
    id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    isbn   text NOT NULL UNIQUE CHECK (isbn ~ '^[0-9]{13}$'),
    title  text NOT NULL,
    genre  genre NOT NULL DEFAULT 'fiction'
);
CREATE INDEX books_title ON books (lower(title));
COMMENT ON TABLE books IS 'one row for each edition';

CREATE TYPE genre AS ENUM ('fiction', 'poetry', 'science');
