SELECT '/* <pgmi-meta id="not a block"> */';
-- the block stands behind the statements
CREATE TABLE late ();
/* an ordinary comment /* nested */ */
/*
<pgmi-meta idempotent="0" id="{6F1C9C58-0000-4000-8000-000000000002}">
  <sortKeys>
    <key>200</key>
  </sortKeys>
</pgmi-meta>
*/
