/* project/session/tests.h: the tests of a session deployment: folders __test__ with fixtures, the order that they run in,
 * and the statements that run them between savepoints. All in linear time. */
#ifndef PROJECT_SESSION_TESTS_H
#define PROJECT_SESSION_TESTS_H

#include "project/session/folder.h"

/* A folder that holds tests. Folders stand in byte order, so that one stands behind its parent. */
typedef struct TestDirectory {
    const char *path;   /* "./a/__test__/", with its slash */
    long parent;        /* index of the nearest folder above it that holds tests; -1: none */
    int depth;          /* levels below the first __test__ */
} TestDirectory;

typedef struct TestScript {
    const FolderFile *file;
    size_t directory;   /* index */
} TestScript;

typedef struct TestTree {
    LIST(TestDirectory) directories;
    LIST(TestScript) scripts; /* SQL files alone, in byte order of paths */
} TestTree;

/* Finds them among the files. Owned by `ctx`. */
TestTree *tests_tree(const void *ctx, const Folder *folder);

typedef enum TestStepKind { TEST_FIXTURE, TEST_TEST, TEST_TEARDOWN } TestStepKind;
extern const char *const test_step_names[]; /* "fixture", "test", "teardown" */

typedef struct TestStep {
    TestStepKind kind;
    const TestScript *script; /* NULL of a teardown */
    const TestDirectory *directory;
} TestStep; /* its ordinal is its index + 1 */

typedef struct TestPlan {
    LIST(TestStep) steps;
    const char *pattern;  /* that it was made with; NULL */
    const char *callback; /* NULL: pg_temp.pgmi_test_callback */
    bool untold;          /* no callback is called */
    int number;           /* the program is told when fixtures and tests of plan `number` begin and end; 0: it is not */
} TestPlan;

/* The order: depth first; in each folder fixtures, tests, the folders below, its teardown. `matches[i]` tells of
 * tree->scripts.v[i] whether it is asked for; NULL: all are. Folders without an asked test in or below them are left
 * out. */
void tests_plan(const void *ctx, const TestTree *tree, const bool *matches, TestPlan *plan);

/* Appends the statements, one in a line, as pgmi_test_generate() returns them. A plan without any test fails when it is run. */
void tests_write(const TestPlan *plan, Str *out);

/* The statements of a step, or of what stands before the first and behind the last. */
typedef struct TestPiece {
    const char *sql;
    const char *savepoint; /* to go back to when a fixture or a test fails; NULL of all others */
} TestPiece;
typedef LIST(TestPiece) TestPieceList;

/* The same statements in pieces: the beginning, each step, the end. The plan must have steps. Owned by `ctx`. */
void tests_write_pieces(const void *ctx, const TestPlan *plan, TestPieceList *pieces);

#endif
