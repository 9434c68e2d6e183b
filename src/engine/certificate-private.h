/* The rules of a certificate, for the file that fills it. */
#pragma once

#include "engine/certificate.h"

/* Adds what the numbers give to remark on, then decides the advice by all notes. */
void tdm_certificate_judge (TdmCertificate *self, const TdmFit *fit, GPtrArray *notes);
