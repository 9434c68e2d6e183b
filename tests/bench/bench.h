/* Measuring: the median time of a piece of work, and its ratio to the first piece. */
#pragma once

#include <glib.h>

/* Does the work once. */
typedef void (*BenchFunc) (gpointer data);

/* Prints "NAME  MEDIAN  (QUARTILES)  RATIO TO THE FIRST". Short work is repeated within
 * a sample until the clock can see it. */
void bench_run (const char *name, BenchFunc work, gpointer data);
