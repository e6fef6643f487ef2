/* project/formats.c: the table of project formats. A new tool to come from is one file and one row. */
#include "project/project.h"

const ProjectFormat project_formats[] = {
    {.name = "pgwright", .plan_file = "pgwright.plan", .history = "pgwright", .lenient = true, .bare_tags = true},
    {.name = "pgpm", .plan_file = "pgpm.plan", .history = "pgpm", .lenient = true},
    {.name = "sqitch", .plan_file = "sqitch.plan", .history = "sqitch", .lenient = false},
};
const size_t project_formats_count = sizeof project_formats / sizeof project_formats[0];
