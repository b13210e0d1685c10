/* survey.c — what the mock makes of real documents.
 *
 *     make survey DIR=…                  every .yaml, .yml and .json file in that
 * folder survey FILE…                       loads, calls, breaks each rule of each call
 *     survey --soak SECONDS FILE…        64 connections, operations at random
 *     survey --cut BYTES FILE…           each file cut off at every so many bytes
 *
 * Ends with 1 below the bars: all documents loaded, all answers valid, 99 of 100
 * mutations that can be written refused; and with one line for machines. */
#include "document.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int survey_all(char **paths, int count)
{
    struct survey s = { .documents = 0 };
    for (int i = 0; i < count; i++)
        survey_document(paths[i], &s);
    bool ok = s.documents && s.loaded == s.documents && s.calls &&
              s.valid + s.unsaid == s.calls && s.refused * 100 >= s.mutations * 99;
    printf("survey: documents=%zu loaded=%zu skipped=%zu operations=%zu calls=%zu "
           "answered=%zu valid=%zu unsaid=%zu mutations=%zu refused=%zu accepted=%zu "
           "unwritable=%zu otherwise=%zu result=%s\n",
           s.documents, s.loaded, s.skipped, s.operations, s.calls, s.answered, s.valid,
           s.unsaid, s.mutations, s.refused, s.accepted, s.unwritable, s.otherwise,
           ok ? "ok" : "below");
    return ok ? 0 : 1;
}

int main(int count, char **words)
{
    bool soak = count > 3 && strcmp(words[1], "--soak") == 0;
    bool cut = count > 3 && strcmp(words[1], "--cut") == 0;
    if (count < 2 || (words[1][0] == '-' && !soak && !cut)) {
        fprintf(stderr, "survey [--soak SECONDS | --cut BYTES] FILE…\n");
        return 2;
    }
    if (soak)
        return survey_soak(words + 3, count - 3, (unsigned)atoi(words[2])) ? 0 : 1;
    if (!cut)
        return survey_all(words + 1, count - 1);
    bool ok = true;
    for (int i = 3; i < count; i++)
        ok = survey_cut(words[i], (size_t)atol(words[2])) && ok;
    return ok ? 0 : 1;
}
