. "$(dirname "$0")/../lib.sh"
. "$PGWRIGHT_SOURCE/test/fault/points.inc"

begin "killed behind each message, in one transaction"
every_point together --kill ${FAULT_STEP:-7}
end

begin "killed behind each message, with changes outside transactions"
every_point alone --kill ${FAULT_STEP:-7}
end

finish
