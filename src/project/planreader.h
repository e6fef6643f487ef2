/* project/planreader.h: a plan being read, and the pieces that its lines are made of. For planfile.c and plandeps.c.
 *
 * Texts are not copied one by one: the module keeps a copy of the file, in which every text that is wanted ends with a
 * NUL where a blank, a bracket or the line's end stood. Reading itself looks at the original only. */
#ifndef PROJECT_PLANREADER_H
#define PROJECT_PLANREADER_H

#include "base/pool.h"
#include "project/faults.h"
#include "project/planfile.h"

typedef struct PlanReader {
    Module *module;
    const PlanReading *reading;
    bool lenient;           /* the format's */
    Faults faults;
    Pool pool;              /* the module's */
    const char *text, *end; /* the original */
    char *copy;             /* the module's */
    View line;              /* without its end */
    long number;
    bool in_header;         /* no blank line yet */
    size_t section;         /* index of the first change behind the last tag */
} PlanReader;

/* A fault in the line at hand, at the character `at` of it. */
#define PLAN_FAULT(r, at, ...) faults_add(&(r)->faults, (r)->line, (r)->number, at, __VA_ARGS__)

bool plan_is_blank(char c);
const char *plan_skip_blanks(const char *p, const char *end);

/* Reads on to the next blank, *p with it. Empty at the end. */
View plan_next_word(const char **p, const char *end);

/* The span of the original as the module keeps it, with its NUL. */
char *plan_keep(PlanReader *r, View v);

/* Does a time like 2024-01-31T23:59:59Z stand at the beginning? Only its shape is looked at. */
bool plan_is_timestamp(View v);

/* "TIME NAME <EMAIL>"; what stands there must be whole, and something must when it is `required`. False with a fault. */
bool plan_read_stamp(PlanReader *r, const char *p, const char *end, bool required, Stamp *stamp);

/* Cuts the note off *end: without its # and the blanks around it, escapes still in it. Empty when there is none. */
View plan_cut_note(const PlanReader *r, const char *from, const char **end);

/* The note as the module keeps it. */
const char *plan_keep_note(PlanReader *r, View note);

/* "[a b !c]", requires before conflicts. *p moves behind the bracket, or stays where there is none. False with a fault. */
bool plan_read_dependencies(PlanReader *r, Change *change, const char **p, const char *end);

/* Finds what the dependencies of every change mean within the plan, once all lines are read. */
void plan_find_dependencies(PlanReader *r);

#endif
