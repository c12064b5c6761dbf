// docs/getting-started.md: its programs do what the page says.
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Readme;
using Xunit;
using Zerocopy.Conformance.Harness;
using Zerocopy.Conformance.Meta;
using Zerocopy.Conformance.Samples;

namespace Zerocopy.Conformance.Docs;

public sealed partial class GettingStartedTests : IDisposable
{
    private const int Up = 5_000_017;
    private const int Down = 100;

    private readonly TempFolder _folder = new();

    [Fact(Timeout = Deadline.Ms)]
    public async Task The_proxy_relays_and_says_what_it_did()
    {
        using Socket listener = SocketPair.Listen(Family.Tcp, out EndPoint target);
        using RunningChild proxy = RunningChild.Start<ProxyChild>("127.0.0.1:0", $"{target}");
        using Socket client = Connect(await proxy.ReadLine());
        using Socket upstream = await Deadline.OnThread(listener.Accept).Within("the proxy's dial");
        Task<Received> up = Peer.Read(upstream);
        await Peer.AssertAll(Up, Peer.Write(client, Up, chunk: 512 * 1024), up);
        Task<Received> down = Peer.Read(client, pattern: Pattern.Other);
        await Peer.AssertAll(Down, Peer.Write(upstream, Down, pattern: Pattern.Other), down);

        string line = await proxy.ReadLine();
        Assert.StartsWith($"{client.LocalEndPoint} to {target} in ", line, StringComparison.Ordinal);
        Assert.Matches(Platform.HasKernel ? SplicedResult() : CopiedResult(), line);
    }

    [Fact(Timeout = Deadline.Ms)]
    public async Task A_target_that_does_not_answer_ends_that_connection_alone()
    {
        using Socket bound = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        bound.Bind(new IPEndPoint(IPAddress.Loopback, 0)); // Nobody listens: refused.
        using RunningChild proxy = RunningChild.Start<ProxyChild>("127.0.0.1:0", $"{bound.LocalEndPoint}");
        string listening = await proxy.ReadLine();
        for (int i = 0; i < 2; i++)
        {
            using Socket client = Connect(listening);
            Assert.Empty(await Peer.ReadAll(client).Within("the close"));
            string line;
            do
            {
                line = await proxy.ReadLine(); // Its warning comes as well, not for each of them.
                Assert.Contains("ECONNREFUSED", line, StringComparison.Ordinal);
            }
            while (!line.EndsWith(" s: ConnectFailed: ECONNREFUSED", StringComparison.Ordinal));
        }
    }

    [Fact(Timeout = Deadline.Ms)]
    public async Task A_stream_is_saved_whole_or_known_to_be_cut_off()
    {
        using SocketPair whole = SocketPair.Tcp();
        Task<bool> saving = GettingStartedCode.Save(whole.Near, _folder.PathOf("whole"));
        Assert.Equal(Up, await Peer.Write(whole.Far, Up).Within("the writer"));
        Assert.True(await saving.Within("the file"));
        _folder.AssertStream(Up, null, "whole");

        using SocketPair cut = SocketPair.Tcp();
        saving = GettingStartedCode.Save(cut.Near, _folder.PathOf("cut"));
        Assert.Equal(Down, await Peer.Write(cut.Far, Down, finish: false).Within("the writer"));
        await Deadline.Until("it is in the file", () => new FileInfo(_folder.PathOf("cut")).Length == Down);
        SocketPair.Reset(cut.Far);
        Assert.False(await saving.Within("the end"));
        _folder.AssertStream(Down, null, "cut");
    }

    public void Dispose() => _folder.Dispose();

    private static Socket Connect(string listening)
    {
        const string Words = "listening on ";
        Assert.StartsWith(Words, listening, StringComparison.Ordinal);
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Connect(IPEndPoint.Parse(listening[Words.Length..]));
        return socket;
    }

    [GeneratedRegex(@" s: client ended: 5\.0 MB up \(([\d]+% )?spliced\), 100 B down; EndOfStream$")]
    private static partial Regex SplicedResult();

    [GeneratedRegex(@" s: client ended: 5\.0 MB up, 100 B down; EndOfStream$")]
    private static partial Regex CopiedResult();

    private sealed class ProxyChild : IChild
    {
        public int Run(string[] args)
        {
            GettingStartedCode.Proxy(args).GetAwaiter().GetResult();
            return 0;
        }
    }
}
