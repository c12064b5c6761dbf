// docs/concepts.md: its table of routes is the library's, and what it says of a broken destination is so.
using System.Net.Sockets;
using Readme;
using Xunit;
using Zerocopy.Conformance.Harness;
using Zerocopy.Conformance.Meta;

namespace Zerocopy.Conformance.Docs;

public sealed class ConceptsTests
{
    private static readonly Dictionary<string, EndpointKind[]> s_kinds = new()
    {
        ["TCP or unix socket"] = [EndpointKind.TcpSocket, EndpointKind.UnixSocket],
        ["pipe"] = [EndpointKind.Pipe],
        ["file"] = [EndpointKind.RegularFile],
        ["anything else"] =
            [EndpointKind.OtherSocket, EndpointKind.Device, EndpointKind.MemoryPipe, EndpointKind.Stream],
    };

    [KernelOnly(Why.Mechanism)]
    [Fact]
    public void The_table_of_routes_is_the_librarys()
    {
        string[][] rows = [.. File.ReadLines(SourceTree.PathOf("docs", "concepts.md"))
            .SkipWhile(line => !line.StartsWith("| from \\ to |", StringComparison.Ordinal))
            .TakeWhile(line => line.StartsWith('|'))
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries)[1..^1])];
        Assert.Equal(s_kinds.Keys, rows[0][1..]);
        Assert.Equal(s_kinds.Keys, rows[2..].Select(row => row[0]));
        foreach (string[] row in rows[2..])
        {
            for (int i = 1; i < row.Length; i++)
            {
                foreach (EndpointKind source in s_kinds[row[0]])
                {
                    Assert.All(s_kinds[rows[0][i]], kind => Assert.Equal(row[i], $"{RouteOf(source, kind)}"));
                }
            }
        }
    }

    [Fact]
    [Cases("F-38")]
    public void The_differences_without_the_kernel_are_those_of_the_tests()
    {
        string[] told = [.. string.Join(' ', File.ReadLines(SourceTree.PathOf("docs", "concepts.md"))
            .SkipWhile(line => line != "## Without the kernel").Skip(1)
            .TakeWhile(line => !line.StartsWith("## ", StringComparison.Ordinal)).Select(line => line.Trim()))
            .Split(" - ")[1..].Select(line => line.Trim())];
        Assert.Equal(KernelOnlyAttribute.Differences.Select(one => one.Sentence), told);
        Assert.Equal(
            Enum.GetValues<Why>().Except([Why.NotTheLibrary]),
            KernelOnlyAttribute.Differences.Select(one => one.Why));
    }

    [Fact]
    public void Every_route_and_mode_has_its_line()
    {
        string text = File.ReadAllText(SourceTree.PathOf("docs", "concepts.md"));
        foreach (string name in (string[])[.. Enum.GetNames<TransferMechanism>(), .. Enum.GetNames<TransferMode>(),
            .. Enum.GetNames<RelayEnd>().Where(name => name != "None")])
        {
            Assert.Contains($"`{name}`", text, StringComparison.Ordinal);
        }
    }

    [Fact(Timeout = Deadline.Ms)]
    public async Task What_a_dead_destination_did_not_take_goes_to_the_next_one()
    {
        const int Total = 20_000_003; // More than all buffers hold.
        const int First = 300_000;
        using SocketPair source = SocketPair.Tcp();
        using SocketPair first = SocketPair.Connect(Family.Tcp, bufferBytes: 64 * 1024);
        using SocketPair second = SocketPair.Tcp();
        Task<long> writer = Peer.Write(source.Far, Total);
        Task sending = ConceptsCode.Resume(source.Near, first.Near, second.Near);
        Assert.Equal(
            new Received(First, SocketError.Success),
            await Peer.Read(first.Far, max: First).Within("the first one"));
        Task<byte[]> rest = Peer.ReadAll(second.Far);
        SocketPair.Reset(first.Far);
        await sending.Within("the transfers");
        second.Near.Shutdown(SocketShutdown.Send);
        byte[] bytes = await rest.Within("the second one");

        // What the first one's connection had taken is gone with it, and not one byte more.
        Assert.InRange(bytes.Length, 1, Total - First);
        Pattern.Default.AssertEqual(bytes, Total - bytes.Length);
        Assert.Equal(Total, await writer.Within("the writer"));
    }

    private static TransferMechanism RouteOf(EndpointKind source, EndpointKind destination) => RouteChoice.Choose(
        new Endpoint(source, null, null, Stream.Null, CanSplice: true, false),
        new Endpoint(destination, null, null, Stream.Null, CanSplice: true, false),
        TransferMode.Auto);
}
