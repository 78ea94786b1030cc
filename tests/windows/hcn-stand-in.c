/*
 * A stand-in for the endpoints of computenetwork.dll, with the behaviour that is known of the real one:
 *   - Update puts the given policies, of all types, in the place of all there were; Add appends, even what is there;
 *     Remove removes nothing; settings without `Policies` change nothing.
 *   - What it does not take it refuses with a code and an error record, and changes nothing.
 * Sources: microsoft/hcsshim hcn/hcn.go (request types), hcn/hcnendpoint.go (shapes) and issue 1059 (0x803b000d).
 *
 * $HCN_STAND_IN is a folder with a file for each endpoint, named by its GUID in small letters: the first line is the JSON
 * of its properties without the braces, each further line a policy. The file `faults` holds words that make it
 * misbehave, and `log` gets a line for each request.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef uint16_t wide;
typedef struct { uint32_t a; uint16_t b, c; uint8_t d[8]; } guid;
typedef struct { char file[512]; } endpoint;
typedef struct { int count; char *text[4096]; char *properties; } contents;

enum { OK = 0, NOT_FOUND = (int)0x803b0002, INVALID_JSON = (int)0x803b000d, REFUSED = (int)0x80070005 };

static char *path(char *to, const char *name) {
    sprintf(to, "%s/%s", getenv("HCN_STAND_IN"), name);
    return to;
}

static char *read_file(const char *file) {
    FILE *in = fopen(file, "rb");
    if (!in) return NULL;
    char *text = calloc(1, 1 << 22);
    size_t length = fread(text, 1, (1 << 22) - 1, in);
    text[length] = 0;
    fclose(in);
    return text;
}

static int has_fault(const char *word) {
    char file[512];
    char *faults = read_file(path(file, "faults"));
    int found = faults && strstr(faults, word);
    free(faults);
    return found;
}

/* Zero-terminated UTF-16 in memory that the caller frees, as with CoTaskMemAlloc. */
static wide *widened(const char *text) {
    wide *copy = malloc((strlen(text) + 1) * sizeof *copy), *to = copy;
    while ((*to++ = (unsigned char)*text++)) {}
    return copy;
}

static char *narrowed(const wide *text) {
    size_t length = 0;
    while (text[length]) length++;
    char *copy = malloc(length + 1);
    for (size_t i = 0; i <= length; i++) copy[i] = (char)text[i];
    return copy;
}

static int failed(int code, const char *words, wide **record) {
    char text[1024];
    sprintf(text, "{\"Success\":false,\"Error\":\"%s\",\"ErrorCode\":%u}", words, (unsigned)code);
    *record = widened(text);
    return code;
}

/* The end of the JSON value that begins here. */
static const char *value_end(const char *at) {
    int depth = 0, quoted = 0;
    for (; *at; at++) {
        if (quoted) {
            if (*at == '\\') at++;
            else if (*at == '"') quoted = 0;
        } else if (*at == '"') quoted = 1;
        else if (*at == '[' || *at == '{') depth++;
        else if (*at == ']' || *at == '}') { if (depth-- == 0) return at; }
        else if (*at == ',' && depth == 0) return at;
    }
    return at;
}

/* Elements of the array that a field holds; -1 if there is no such field. */
static int elements(const char *json, const char *field, char **into) {
    char key[64];
    sprintf(key, "\"%s\":[", field);
    const char *at = strstr(json, key);
    if (!at) return -1;
    int count = 0;
    for (at += strlen(key); *at != ']'; at += *at == ',') {
        const char *end = value_end(at);
        into[count++] = strndup(at, (size_t)(end - at));
        at = end;
    }
    return count;
}

static contents load(const char *file) {
    contents held = {0};
    char *text = read_file(file), *line = strtok(text, "\n");
    held.properties = line;
    while ((line = strtok(NULL, "\n"))) held.text[held.count++] = line;
    return held;
}

static void store(const char *file, const contents *held) {
    FILE *out = fopen(file, "wb");
    fprintf(out, "%s\n", held->properties);
    for (int i = 0; i < held->count; i++) fprintf(out, "%s\n", held->text[i]);
    fclose(out);
}

static void without_id(char *policy) {
    char *from = strstr(policy, "\"Id\":\"");
    if (from) {
        char *to = strchr(from + 6, '"') + 1;
        if (*to == ',') to++;
        memmove(from, to, strlen(to) + 1);
    }
}

int HcnEnumerateEndpoints(const wide *query, wide **endpoints, wide **record) {
    (void)query;
    *record = NULL;
    char list[1 << 16] = "[";
    struct dirent *entry;
    DIR *folder = opendir(getenv("HCN_STAND_IN"));
    while ((entry = readdir(folder)))
        if (strlen(entry->d_name) == 36)
            sprintf(list + strlen(list), "%s\"%s\"", list[1] ? "," : "", entry->d_name);
    closedir(folder);
    if (has_fault("enumerates-the-dead")) strcat(list, ",\"00000000-0000-0000-0000-00000000dead\"");
    strcat(list, "]");
    *endpoints = widened(list);
    return OK;
}

int HcnOpenEndpoint(const guid *id, void **handle, wide **record) {
    char name[64];
    const uint8_t *d = id->d;
    sprintf(name, "%08x-%04x-%04x-%02x%02x-%02x%02x%02x%02x%02x%02x", id->a, id->b, id->c, d[0], d[1], d[2], d[3], d[4],
            d[5], d[6], d[7]);
    *record = NULL;
    *handle = NULL;
    endpoint *opened = malloc(sizeof *opened);
    if (access(path(opened->file, name), F_OK)) {
        free(opened);
        return failed(NOT_FOUND, "The endpoint was not found.", record);
    }
    *handle = opened;
    return OK;
}

int HcnCloseEndpoint(void *handle) {
    free(handle);
    return OK;
}

int HcnQueryEndpointProperties(void *handle, const wide *query, wide **properties, wide **record) {
    (void)query;
    *record = NULL;
    contents held = load(((endpoint *)handle)->file);
    char *json = malloc(1 << 22), *to = json;
    to += sprintf(to, "{%s,\"Policies\":[", held.properties);
    /* In an order of its own. */
    for (int i = held.count - 1; i >= 0; i--) to += sprintf(to, "%s%s", held.text[i], i ? "," : "");
    strcpy(to, "]}");
    *properties = widened(json);
    free(json);
    return OK;
}

int HcnModifyEndpoint(void *handle, const wide *settings, wide **record) {
    char *file = ((endpoint *)handle)->file, log_file[512], *request = narrowed(settings), *given[4096];
    FILE *log = fopen(path(log_file, "log"), "ab");
    fprintf(log, "%s\n", request);
    fclose(log);
    *record = NULL;
    if (has_fault("refuses")) return failed(REFUSED, "Access is denied.", record);
    if (strstr(request, "Addresses\":\"Any\"")) return failed(INVALID_JSON, "Invalid JSON document string.", record);
    if (!strstr(request, "\"ResourceType\":\"Policy\"")) return failed(INVALID_JSON, "Unknown resource.", record);
    int count = elements(request, "Policies", given);
    int ignored = count < 0 || (count == 0 && has_fault("ignores-empty"));
    if (ignored || strstr(request, "\"RequestType\":\"Remove\"")) return OK;
    contents held = load(file);
    if (strstr(request, "\"RequestType\":\"Update\"")) held.count = 0;
    /* Only once, so that what is put back is taken as a whole. */
    int half = has_fault("half");
    if (half) unlink(path(log_file, "faults"));
    if (has_fault("loses-mappings"))
        for (int i = 0; i < count; i++)
            if (strstr(given[i], "PortMapping")) given[i--] = given[--count];
    for (int i = 0; i < (half ? count / 2 : count); i++) {
        if (has_fault("drops-ids")) without_id(given[i]);
        held.text[held.count++] = given[i];
    }
    store(file, &held);
    return has_fault("records-an-error") ? (*record = widened("{\"Error\":\"Half of it.\"}"), OK) : OK;
}
