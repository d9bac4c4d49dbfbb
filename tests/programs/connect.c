// Holds many connections to a unix socket and writes nonsense into each:
//   connect SOCKET CONNECTIONS SECONDS
// Prints how many were made and how many the server had closed by the end.
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { NONSENSE = 512 };

// By the type that the server's socket has.
static int connect_once(const struct sockaddr_un* address) {
  static const int types[] = {SOCK_STREAM, SOCK_SEQPACKET};
  for (size_t i = 0; i < sizeof types / sizeof *types; ++i) {
    const int fd = socket(AF_UNIX, types[i] | SOCK_CLOEXEC, 0);
    if (fd < 0) return -1;
    if (connect(fd, (const struct sockaddr*)address, sizeof *address) == 0) return fd;
    close(fd);
    if (errno != EPROTOTYPE) return -1;
  }
  return -1;
}

static int is_closed(int fd) {
  struct pollfd wait = {.fd = fd, .events = POLLIN};
  char buffer[NONSENSE];
  while (poll(&wait, 1, 0) > 0) {
    const ssize_t got = recv(fd, buffer, sizeof buffer, MSG_DONTWAIT);
    if (got == 0 || (got < 0 && errno != EAGAIN)) return 1;
  }
  return 0;
}

int main(int count, char** words) {
  if (count != 4) return 2;
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  strncpy(address.sun_path, words[1], sizeof address.sun_path - 1);
  const int wanted = atoi(words[2]);
  const struct rlimit files = {(rlim_t)wanted + 64, (rlim_t)wanted + 64};
  if (setrlimit(RLIMIT_NOFILE, &files) != 0) perror("setrlimit");
  int* fds = calloc((size_t)wanted, sizeof *fds);
  int made = 0;
  char nonsense[NONSENSE];
  while (made < wanted && (fds[made] = connect_once(&address)) >= 0) {
    if (getrandom(nonsense, sizeof nonsense, 0) == NONSENSE)
      (void)!send(fds[made], nonsense, sizeof nonsense, MSG_NOSIGNAL | MSG_DONTWAIT);
    ++made;
  }
  printf("made %d\n", made);
  fflush(stdout);
  sleep((unsigned)atoi(words[3]));
  int closed = 0;
  for (int i = 0; i < made; ++i) closed += is_closed(fds[i]);
  printf("closed %d\n", closed);
  return 0;
}
