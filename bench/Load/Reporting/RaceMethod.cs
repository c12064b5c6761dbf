namespace Zerocopy.Bench.Load.Reporting;

/// <summary>How races are run, and how each proxy in them is set up.</summary>
internal static class RaceMethod
{
    internal static void Write(Markdown report)
    {
        report.Paragraph(
            "**Race**, by `run --only race`, is the same client and target over TCP with proxies in processes of their "
            + "own between them, whatever of these is installed. With 8 connections each has a thread of the client. "
            + "Churn: connections one after another, each with 64 B there and back, then closed both ways; the target "
            + "must have had as many; with 32 clients at once too. Idle: what the memory of a new process, which has "
            + "had one connection, grows by for each of so many connections that had one round trip and rest, and its "
            + "CPU in a second of that rest, in which a runtime still compiles if there are few; 6,000 only with "
            + "those that are written for so many. CPU is "
            + "that of the proxy and its "
            + "children, those that have ended too, from `/proc/PID/task/TID/schedstat` and `/proc/PID/stat`, for all "
            + "alike; memory is from `/proc/PID/smaps_rollup`.");
        report.Items([
            "`zerocopy`, `again`: `samples/Proxy` with default options, twice; `copyonly`: with `--copy-only`.",
            "`netstream`: as above. `kestrel`: a `ConnectionHandler` of Kestrel that dials and copies from its pipe to "
            + "a `NetworkStream` and back.",
            "`haproxy`: mode tcp, `option splice-auto`, as many threads as cores; `haproxy-copy`: without that option.",
            "`nginx`: the stream module, one worker, `proxy_buffer_size 64k`.",
            "`go`: `io.Copy` both ways. `socat`: `-b 131072 TCP4-LISTEN:...,fork TCP4:...` with nodelay, a process for "
            + "each connection; idle with at most 100.",
            "`c-limit`: the same technique in bare C without what makes it usable, one thread: the practical limit.",
            "`direct`: no proxy.",
        ]);
        report.Paragraph(
            "Debian's packages `haproxy`, `libnginx-mod-stream`, `golang-go`, `socat`, and `gcc` with `libc6-dev` (for "
            + "`c-limit`) bring the others.");
    }
}
