/* Independent tasks on several threads. What a task gives must depend on its number
 * alone, so that the digits do not depend on the threads. */
#pragma once

#include <glib.h>

typedef struct
{
  gpointer (*open) (gpointer data); /* workspace of one thread; NULL = none needed */
  void (*run) (gpointer data, gpointer workspace, guint task);
  void (*close) (gpointer workspace);
} TdmParallel;

/* Runs tasks 0 … n - 1, the calling thread helping; returns when all are done. */
void tdm_parallel_run (const TdmParallel *self, guint n, gpointer data);
