// Every sample that serves, told to end while somebody is connected: it says for whom it waits, and once is enough.
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Samples;

[KernelOnly(Why.NotTheLibrary)]
public sealed class SampleStoppingTests : IDisposable
{
    private const int KilledByInterrupt = 128 + 2;

    private readonly TempFolder _folder = new();

    [Theory]
    [InlineData("Proxy", "INT", 5)]
    [InlineData("Recorder", "TERM", 1)]
    [InlineData("FileServer", "INT", 5)]
    public async Task A_signal_says_who_is_waited_for_and_how_long(string sample, string signal, int seconds)
    {
        using Socket upstream = SocketPair.Listen(Family.Tcp, out EndPoint endPoint);
        using ProxyProcess process = await Start(sample, endPoint);
        using Used first = await Use(process, sample, upstream);
        using Used second = await Use(process, sample, upstream);
        long start = Stopwatch.GetTimestamp();
        process.Signal(signal);
        Ended ended = await process.End();
        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalSeconds, seconds * 0.9, seconds + 5);
        Assert.Equal(
            (0, $"stopping: 2 connections have {seconds} s to end; Ctrl-C again ends them now\n"),
            (ended.ExitCode, ended.Error));
    }

    [Theory]
    [InlineData("Proxy")]
    [InlineData("Recorder")]
    [InlineData("FileServer")]
    public async Task A_second_signal_ends_at_once(string sample)
    {
        using Socket upstream = SocketPair.Listen(Family.Tcp, out EndPoint endPoint);
        using ProxyProcess process = await Start(sample, endPoint);
        using Used client = await Use(process, sample, upstream);
        process.Signal("INT");
        await Deadline.Until("no new connection is taken", () => !process.IsListening);
        Assert.False(process.HasExited);
        long start = Stopwatch.GetTimestamp();
        process.Signal("INT");
        Assert.Equal(KilledByInterrupt, (await process.End()).ExitCode);
        Assert.True(Stopwatch.GetElapsedTime(start).TotalSeconds < 0.9); // Nobody is given any time.
        Assert.False(File.Exists(process.EndPoint.ToString()));
    }

    [Theory]
    [InlineData("Proxy")]
    [InlineData("Recorder")]
    [InlineData("FileServer")]
    public async Task Without_a_connection_there_is_nothing_to_wait_for(string sample)
    {
        using Socket upstream = SocketPair.Listen(Family.Tcp, out EndPoint endPoint);
        using ProxyProcess process = await Start(sample, endPoint);
        Ended ended = await process.Stop();
        Assert.Equal((0, ""), (ended.ExitCode, ended.Error));
    }

    public void Dispose() => _folder.Dispose();

    private Task<ProxyProcess> Start(string sample, EndPoint upstream)
    {
        File.WriteAllBytes(_folder.PathOf("big"), new byte[16 * 1024 * 1024]);
        string listen = $"unix:{ProxyProcess.NewUnixPath()}";
        return ProxyProcess.StartSample(sample, null, sample switch
        {
            "Proxy" => ["--listen", listen, "--connect", ProxyProcess.Text(upstream)],
            "Recorder" =>
                ["--listen", listen, "--connect", ProxyProcess.Text(upstream), "--record", _folder.PathOf("a.ts")],
            _ => ["--listen", listen, "--root", _folder.PathOf(".")],
        });
    }

    /// <summary>A connection in the middle of something.</summary>
    private static async Task<Used> Use(ProxyProcess process, string sample, Socket upstream)
    {
        Socket client = process.Connect();
        Socket? far = null;
        if (sample == "FileServer")
        {
            HttpPeer peer = new(client);
            peer.Send("GET /big HTTP/1.1\r\nHost: test\r\n\r\n");
            Assert.Equal(200, (await peer.Read(hasBody: false)).Status); // And nobody reads on.
        }
        else
        {
            client.Send("x"u8);
            far = await Deadline.OnThread(upstream.Accept).Within("the connection");
            Assert.Equal("x"u8.ToArray(), await Peer.ReadExactly(far, 1).Within("the byte")); // And it stays open.
        }

        return new Used(client, far);
    }

    private sealed record Used(Socket Client, Socket? Far) : IDisposable
    {
        public void Dispose()
        {
            Client.Dispose();
            Far?.Dispose();
        }
    }
}
