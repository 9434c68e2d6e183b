/* A fuzz target: the function that libFuzzer calls, and that replay.c calls with the
 * stored inputs. It returns 0 and ends the program by an assertion when something that
 * must hold does not. */
#pragma once

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* Called once at the start. */
int LLVMFuzzerInitialize (int *argc, char ***argv);
