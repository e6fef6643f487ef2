/* cli/secrets.h: what the command line and the environment bring along and nobody may read. */
#ifndef CLI_SECRETS_H
#define CLI_SECRETS_H

/* Makes passwords of the environment (PGPASSWORD, SQITCH_PASSWORD, …, and those within URLs) known to redact_value(). */
void secrets_of_environment(void);

/* The same for URLs and connection strings among the arguments, which are overwritten there, so that the list of processes
 * does not show them; the values of --password and --param too. The caller has copies of argv. */
void secrets_of_arguments(int argc, char *argv[]);

#endif
