/* On what the program runs: for the record of a qualification. */
#pragma once

#include <glib.h>

typedef struct
{
  char *date;   /* ISO 8601, local, with the offset */
  char **pairs; /* name, text, name, text, …; NULL-terminated */
} TdmCliPlatform;

void tdm_cli_platform_init (TdmCliPlatform *self);
void tdm_cli_platform_clear (TdmCliPlatform *self);
