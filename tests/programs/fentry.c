// Counts the calls of a function of the kernel with an eBPF program at its entry, as tracing tools
// do:
//   fentry FUNCTION PATH CALLS
// Looks the function up in the kernel's own types (BTF), attaches the program, calls unlink(PATH)
// so many times and prints how often the function was entered meanwhile.
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/btf.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { LARGEST = 32 << 20 };

static int bpf(enum bpf_cmd command, union bpf_attr* attributes) {
  return (int)syscall(SYS_bpf, command, attributes, sizeof *attributes);
}

static void give_up(const char* what) {
  fprintf(stderr, "fentry: %s: %s\n", what, strerror(errno));
  exit(1);
}

static char* read_types(void) {
  char* types = malloc(LARGEST);
  const int fd = open("/sys/kernel/btf/vmlinux", O_RDONLY | O_CLOEXEC);
  if (types == NULL || fd < 0) give_up("/sys/kernel/btf/vmlinux");
  size_t size = 0;
  for (ssize_t got; (got = read(fd, types + size, LARGEST - size)) > 0;) size += (size_t)got;
  close(fd);
  return types;
}

// Bytes behind a type, by its kind (Documentation/bpf/btf.rst).
static size_t more(unsigned kind, unsigned count) {
  switch (kind) {
    case BTF_KIND_INT:
    case BTF_KIND_VAR:
    case BTF_KIND_DECL_TAG:
      return 4;
    case BTF_KIND_ARRAY:
      return sizeof(struct btf_array);
    case BTF_KIND_STRUCT:
    case BTF_KIND_UNION:
      return count * sizeof(struct btf_member);
    case BTF_KIND_ENUM:
      return count * sizeof(struct btf_enum);
    case BTF_KIND_ENUM64:
      return count * sizeof(struct btf_enum64);
    case BTF_KIND_FUNC_PROTO:
      return count * sizeof(struct btf_param);
    case BTF_KIND_DATASEC:
      return count * sizeof(struct btf_var_secinfo);
    default:
      return 0;
  }
}

static unsigned id_of(const char* function) {
  const char* types = read_types();
  const struct btf_header* head = (const struct btf_header*)types;
  if (head->magic != BTF_MAGIC) give_up("no types");
  const char* names = types + head->hdr_len + head->str_off;
  const char* at = types + head->hdr_len + head->type_off;
  const char* end = at + head->type_len;
  for (unsigned id = 1; at < end; ++id) {
    const struct btf_type* type = (const struct btf_type*)at;
    const unsigned kind = BTF_INFO_KIND(type->info);
    if (kind == BTF_KIND_FUNC && strcmp(names + type->name_off, function) == 0) return id;
    at += sizeof *type + more(kind, BTF_INFO_VLEN(type->info));
  }
  errno = ENOENT;
  give_up(function);
  return 0;
}

static int make_counter(void) {
  union bpf_attr map = {
      .map_type = BPF_MAP_TYPE_ARRAY, .key_size = 4, .value_size = 8, .max_entries = 1};
  const int fd = bpf(BPF_MAP_CREATE, &map);
  if (fd < 0) give_up("map");
  return fd;
}

// *map[0] += 1; return 0.
static int load(unsigned function, int map) {
  const struct bpf_insn code[] = {
      {BPF_ST | BPF_MEM | BPF_W, BPF_REG_10, 0, -4, 0},
      {BPF_ALU64 | BPF_MOV | BPF_X, BPF_REG_2, BPF_REG_10, 0, 0},
      {BPF_ALU64 | BPF_ADD | BPF_K, BPF_REG_2, 0, 0, -4},
      {BPF_LD | BPF_DW | BPF_IMM, BPF_REG_1, BPF_PSEUDO_MAP_FD, 0, map},
      {0, 0, 0, 0, 0},
      {BPF_JMP | BPF_CALL, 0, 0, 0, BPF_FUNC_map_lookup_elem},
      {BPF_JMP | BPF_JEQ | BPF_K, BPF_REG_0, 0, 2, 0},
      {BPF_ALU64 | BPF_MOV | BPF_K, BPF_REG_1, 0, 0, 1},
      {BPF_STX | BPF_ATOMIC | BPF_DW, BPF_REG_0, BPF_REG_1, 0, BPF_ADD},
      {BPF_ALU64 | BPF_MOV | BPF_K, BPF_REG_0, 0, 0, 0},
      {BPF_JMP | BPF_EXIT, 0, 0, 0, 0},
  };
  union bpf_attr program = {.prog_type = BPF_PROG_TYPE_TRACING,
                            .expected_attach_type = BPF_TRACE_FENTRY,
                            .attach_btf_id = function,
                            .insns = (__u64)(uintptr_t)code,
                            .insn_cnt = sizeof code / sizeof *code,
                            .license = (__u64)(uintptr_t)"GPL"};
  const int fd = bpf(BPF_PROG_LOAD, &program);
  if (fd < 0) give_up("load");
  return fd;
}

int main(int argc, char** argv) {
  if (argc != 4) {
    fprintf(stderr, "usage: fentry FUNCTION PATH CALLS\n");
    return 2;
  }
  const int map = make_counter();
  union bpf_attr attach = {.raw_tracepoint = {.prog_fd = (__u32)load(id_of(argv[1]), map)}};
  if (bpf(BPF_RAW_TRACEPOINT_OPEN, &attach) < 0) give_up("attach");
  for (int i = atoi(argv[3]); i > 0; --i) unlink(argv[2]);
  const __u32 key = 0;
  __u64 value = 0;
  union bpf_attr look = {
      .map_fd = (__u32)map, .key = (__u64)(uintptr_t)&key, .value = (__u64)(uintptr_t)&value};
  if (bpf(BPF_MAP_LOOKUP_ELEM, &look) < 0) give_up("count");
  printf("%llu\n", (unsigned long long)value);
  return 0;
}
