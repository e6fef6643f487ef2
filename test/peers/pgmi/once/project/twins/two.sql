-- the same but for its layout
select
    1   AS A;
