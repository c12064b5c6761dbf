// The contender `c-limit` of `run --only race`: a relay by the same technique in bare C, as its practical limit. One
// epoll thread that accepts and connects by itself; small reads go through one buffer of 64 KiB, and where reads are
// full, splice in lock-step through pooled pipes of 256 KiB. No time-out, no counters, no reports of errors: a
// yardstick only.
// limit LISTEN_PORT CONNECT_PORT, on loopback. Built with `gcc -O2` where gcc is installed.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { SLOTS = 65536, BUFFER = 65536, PIPE = 262144 };
struct flow { int src, dst, pr, pw; ssize_t pending; bool eof, done, small, ended; };
struct relay { int a, b; uint32_t generation; bool connecting; struct flow f, g; };

static struct relay relays[SLOTS];
static int free_slots[SLOTS], free_count, pipes[SLOTS][2], pipe_count, epoll_fd, listener;
static char buffer[BUFFER];
static struct sockaddr_in upstream;

static void rent(struct flow *f) {
  if (pipe_count) { pipe_count--; f->pr = pipes[pipe_count][0]; f->pw = pipes[pipe_count][1]; return; }
  int p[2];
  if (pipe2(p, O_CLOEXEC | O_NONBLOCK)) exit(1);
  fcntl(p[0], F_SETPIPE_SZ, PIPE);
  f->pr = p[0]; f->pw = p[1];
}

static void drop(struct flow *f) {
  if (f->pr < 0) return;
  if (f->pending == 0 && pipe_count < SLOTS) { pipes[pipe_count][0] = f->pr; pipes[pipe_count++][1] = f->pw; }
  else { close(f->pr); close(f->pw); }
  f->pr = f->pw = -1;
}

static bool pump(struct flow *f) { // false: tear the relay down
  while (!f->done) {
    if (f->pending) {
      ssize_t w = splice(f->pr, 0, f->dst, 0, f->pending, SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
      if (w <= 0) return w < 0 && errno == EAGAIN;
      f->pending -= w;
      continue;
    }
    if (f->eof) { drop(f); shutdown(f->dst, SHUT_WR); f->done = true; return true; }
    if (f->small) {
      ssize_t n = recv(f->src, buffer, BUFFER, MSG_DONTWAIT);
      if (n == 0) { f->eof = true; continue; }
      if (n < 0) { if (errno != EAGAIN) return false; drop(f); return true; }
      ssize_t w = send(f->dst, buffer, n, MSG_DONTWAIT | MSG_NOSIGNAL);
      if (w < 0) { if (errno != EAGAIN) return false; w = 0; }
      if (w < n) {
        if (f->pr < 0) rent(f);
        for (ssize_t o = w; o < n;) { ssize_t q = write(f->pw, buffer + o, n - o); if (q <= 0) return false; o += q; }
        f->pending = n - w;
        continue;
      }
      if (n == BUFFER) f->small = false;
      else if (!f->ended) { drop(f); return true; }
    } else {
      if (f->pr < 0) rent(f);
      ssize_t n = splice(f->src, 0, f->pw, 0, 1 << 20, SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
      if (n == 0) { f->eof = true; continue; }
      if (n < 0) { if (errno != EAGAIN) return false; drop(f); f->small = true; return true; }
      f->pending = n;
      if (n < 32768) f->small = true;
    }
  }
  return true;
}

static void watch(int fd, uint64_t token) {
  struct epoll_event e = {.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLPRI | EPOLLET, .data.u64 = token};
  epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &e);
}

static void end(struct relay *r) {
  drop(&r->f); drop(&r->g); close(r->a); close(r->b);
  r->a = r->b = -1; r->generation++;
  free_slots[free_count++] = r - relays;
}

static void accept_all(void) {
  for (int i = 0; i < 64 && free_count; i++) {
    int a = accept4(listener, 0, 0, SOCK_NONBLOCK | SOCK_CLOEXEC), one = 1;
    if (a < 0) return;
    int b = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    setsockopt(b, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    int slot = free_slots[--free_count];
    struct relay *r = &relays[slot];
    *r = (struct relay){
        .a = a, .b = b, .generation = r->generation + 1,
        .f = {a, b, -1, -1, .small = true}, .g = {b, a, -1, -1, .small = true}};
    r->connecting = connect(b, (void *)&upstream, sizeof upstream) != 0;
    uint64_t token = (uint64_t)r->generation << 32 | slot;
    watch(a, token);
    watch(b, token | 1 << 24);
  }
}

static struct sockaddr_in address_of(const char *text) { // ADDRESS:PORT
  struct sockaddr_in address = {.sin_family = AF_INET};
  char host[INET_ADDRSTRLEN] = "";
  sscanf(text, "%15[^:]", host);
  inet_pton(AF_INET, host, &address.sin_addr);
  address.sin_port = htons(atoi(strchr(text, ':') + 1));
  return address;
}

int main(int argc, char **argv) {
  if (argc < 3) return 2;
  signal(SIGPIPE, SIG_IGN);
  int one = 1;
  struct sockaddr_in here = address_of(argv[1]);
  upstream = address_of(argv[2]);
  for (int i = SLOTS - 1; i >= 0; i--) free_slots[free_count++] = i;
  epoll_fd = epoll_create1(EPOLL_CLOEXEC);
  listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  setsockopt(listener, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  if (bind(listener, (void *)&here, sizeof here) || listen(listener, 4096)) return 1;
  struct epoll_event l = {.events = EPOLLIN, .data.u64 = UINT64_MAX};
  epoll_ctl(epoll_fd, EPOLL_CTL_ADD, listener, &l);
  for (struct epoll_event got[256];;) {
    int n = epoll_wait(epoll_fd, got, 256, -1);
    for (int i = 0; i < n; i++) {
      uint64_t token = got[i].data.u64;
      uint32_t e = got[i].events;
      if (token == UINT64_MAX) { accept_all(); continue; }
      struct relay *r = &relays[token & 0xffffff];
      bool is_b = token >> 24 & 1, ok = true;
      if (r->generation != token >> 32 || r->a < 0) continue;
      if (r->connecting) {
        if (!is_b || !(e & (EPOLLOUT | EPOLLERR | EPOLLHUP))) continue;
        r->connecting = false;
        ok = !(e & EPOLLERR) && pump(&r->f) && pump(&r->g);
      } else {
        struct flow *in = is_b ? &r->g : &r->f, *out = is_b ? &r->f : &r->g;
        if (e & (EPOLLRDHUP | EPOLLHUP | EPOLLERR | EPOLLPRI)) in->ended = true;
        if (e & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR | EPOLLPRI)) ok = pump(in);
        if (ok && e & EPOLLOUT && out->pending) ok = pump(out);
      }
      if (!ok || (r->f.done && r->g.done)) end(r);
    }
  }
}
