/* What glibc's libstdc++ and libgcc_s ask of glibc and musl does not have. For tests alone. */
#define _GNU_SOURCE
#include <link.h>
#include <locale.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

/* libstdc++: whether reference counts may be plain. */
char __libc_single_threaded = 0;

/* libgcc: which processor this is. It does not care for the answer. */
unsigned __cpu_model[4];
int __cpu_indicator_init(void) { return 0; }

unsigned arc4random(void)
{
    unsigned value = 0;
    (void)getrandom(&value, sizeof value, 0);
    return value;
}

size_t __strftime_l(char *text, size_t size, const char *format, const struct tm *time, locale_t locale)
{
    return strftime_l(text, size, format, time, locale);
}

/* libgcc, to throw an exception: which object holds this code, and where its unwind tables are. As in glibc's <dlfcn.h>. */
struct dl_find_object {
    unsigned long long dlfo_flags;
    void *dlfo_map_start;
    void *dlfo_map_end;
    struct link_map *dlfo_link_map;
    void *dlfo_eh_frame;
    unsigned long long reserved[7];
};

struct question {
    char *code;
    struct dl_find_object *answer;
};

static int holds(struct dl_phdr_info *object, size_t size, void *argument)
{
    struct question *question = argument;
    char *base = (char *)object->dlpi_addr;
    char *start = 0, *end = 0, *tables = 0;
    (void)size;
    for (int i = 0; i < object->dlpi_phnum; i++) {
        const ElfW(Phdr) *part = &object->dlpi_phdr[i];
        char *first = base + part->p_vaddr;
        if (part->p_type == PT_GNU_EH_FRAME)
            tables = first;
        if (part->p_type == PT_LOAD && question->code >= first && question->code < first + part->p_memsz) {
            start = first;
            end = first + part->p_memsz;
        }
    }

    if (!start || !tables)
        return 0;
    memset(question->answer, 0, sizeof *question->answer);
    question->answer->dlfo_map_start = start;
    question->answer->dlfo_map_end = end;
    question->answer->dlfo_eh_frame = tables;
    return 1;
}

int _dl_find_object(void *code, struct dl_find_object *answer)
{
    struct question question = { code, answer };
    return dl_iterate_phdr(holds, &question) == 1 ? 0 : -1;
}

/* libstdc++: what to destroy when a thread ends, the latest first. */
struct destructor {
    struct destructor *next;
    void (*run)(void *);
    void *argument;
};

static pthread_key_t destructors;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void run_all(void *head)
{
    for (struct destructor *one = head; one;) {
        struct destructor *next = one->next;
        one->run(one->argument);
        free(one);
        one = next;
    }
}

static void make_key(void) { (void)pthread_key_create(&destructors, run_all); }

int __cxa_thread_atexit_impl(void (*run)(void *), void *argument, void *object)
{
    struct destructor *one = malloc(sizeof *one);
    (void)object;
    if (!one)
        return -1;
    (void)pthread_once(&once, make_key);
    *one = (struct destructor){ pthread_getspecific(destructors), run, argument };
    return pthread_setspecific(destructors, one);
}
