. "$(dirname "$0")/../lib.sh"
. "$PGWRIGHT_SOURCE/test/fault/points.inc"

begin "cut behind each message, in one transaction"
every_point together --cut ${FAULT_STEP:-7}
end

begin "cut behind each message, with changes outside transactions"
every_point alone --cut ${FAULT_STEP:-7}
end

finish
