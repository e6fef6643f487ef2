/* pg/cloud/aws_ini.h: the files ~/.aws/config and ~/.aws/credentials (AWS SDKs and Tools Reference Guide, "Format of
 * the configuration and credential files").
 *
 * As the SDKs read them, lines that are neither a section nor "name = value" are passed over, and the indented lines
 * below a setting are its own and none of ours. */
#ifndef PG_CLOUD_AWS_INI_H
#define PG_CLOUD_AWS_INI_H

#include "base/list.h"
#include "base/str.h"

typedef struct AwsSetting {
    const char *section; /* "default", "profile x" becomes "x", "sso-session x" stays as it is */
    const char *name;    /* lower-case */
    const char *value;
} AwsSetting;

typedef LIST(AwsSetting) AwsSettingList;

/* Adds what the text holds, in its order. In `config`, profiles but for "default" stand in sections "profile x", in
 * the other file in "x". */
void aws_ini_read(const void *ctx, View text, bool config, AwsSettingList *settings);

/* The last value; NULL when there is none or it is empty. */
const char *aws_ini_get(const AwsSettingList *settings, const char *section, const char *name);

/* Does the section say anything? */
bool aws_ini_has(const AwsSettingList *settings, const char *section);

#endif
