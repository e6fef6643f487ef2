/* cli/drive_report.h: the tests of a session project as --junit and --tap tell of them. */
#ifndef CLI_DRIVE_REPORT_H
#define CLI_DRIVE_REPORT_H

#include "cli/command.h"
#include "deploy/session/test_result.h"

#include <jansson.h>

typedef struct DriveReport {
    const char *junit; /* file; NULL: none is asked for */
    bool tap;          /* on stdout, as the tests go by */
    json_t *points;    /* what was told so far */
} DriveReport;

/* Reads the flags. ERR_USAGE for --tap with --json, for both want stdout; ERR_CONFIG where the file cannot be written.
 * For report_end(). */
bool report_begin(DriveReport *report, const Invocation *inv, Error *err);

/* Is any report asked for? */
bool report_wanted(const DriveReport *report);

/* {"kind": "test", "path": …, "state": …, "durationMs": …, …}; new reference. */
json_t *report_test_json(const TestResult *result);

/* All of them, as an array; new reference. */
json_t *report_tests_json(const TestResultList *results);

/* Takes in such an object, of a database where there are several; else NULL. */
void report_test(DriveReport *report, const char *database, const json_t *test);

/* The run itself, as one more point: `error` is that of a result, NULL when it succeeded. */
void report_run(DriveReport *report, const char *database, const char *name, int64_t ms, const json_t *error);

/* Ends what is on stdout, and writes the file; ERR_FAILED, unless `err` is set already, when that cannot be done. */
bool report_end(DriveReport *report, const char *title, Error *err);

#endif
