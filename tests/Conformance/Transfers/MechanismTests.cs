// The counts of a result against what the kernel was really asked, as strace sees it.
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Xunit;
using Zerocopy.Conformance.Harness;
using Zerocopy.Conformance.Meta;

namespace Zerocopy.Conformance.Transfers;

[KernelOnly(Why.Mechanism)]
public sealed partial class MechanismTests
{
    private const int Total = 5_000_000;
    private const string Traced = "trace=splice,sendfile,recvfrom,recvmsg,sendto,sendmsg";

    public static TheoryData<TransferMode, Call> Rows => Matrix.ModesCalls;

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Rows))]
    public async Task The_counts_of_the_result_are_those_of_the_system_calls(TransferMode mode, Call call)
    {
        Assert.SkipUnless(Strace.CanTrace(), "strace is not installed, or may not trace here");
        string trace = Path.GetTempFileName();
        using Socket sourceListener = SocketPair.Listen(Family.Tcp, out EndPoint source);
        using Socket destinationListener = SocketPair.Listen(Family.Tcp, out EndPoint destination);

        // The peers are here: the child makes no system calls on sockets but those of the transfer.
        Task<string> child = Deadline.OnThread(() => ChildProcess.Run<TracedChild>(
            [Port(source), Port(destination), mode.ToString(), call.ToString()],
            "strace", "-f", "-qq", "-e", Traced, "-e", "signal=none", "-o", trace));
        using Socket writerSocket = await Accept(sourceListener, child);
        using Socket readerSocket = await Accept(destinationListener, child);
        Task<Received> reader = Peer.Read(readerSocket);
        writerSocket.Send(Pattern.Default.Slice(0, 100).Span);
        await Task.Delay(200); // First a small message, then a stream: in Auto both mechanisms run.
        Task<long> writer = Peer.Write(writerSocket, Total - 100, chunk: 300_000, start: 100);

        string[] counts = (await child.Within("the child")).Trim().Split(' ');
        await Peer.AssertAll(Total, AddedTo(100, writer), reader);
        long spliced = long.Parse(counts[0], CultureInfo.InvariantCulture);
        long buffered = long.Parse(counts[1], CultureInfo.InvariantCulture);
        string text = await File.ReadAllTextAsync(trace);
        File.Delete(trace);

        Assert.Equal(Total, spliced + buffered);
        Assert.Equal(2 * spliced, Sum(text, "splice")); // Into the pipe, and out of it.
        Assert.Equal(buffered, Sum(text, "sendto") + Sum(text, "sendmsg"));
        Assert.Equal(buffered, Sum(text, "recvfrom") + Sum(text, "recvmsg"));
        Assert.Equal(0, Sum(text, "sendfile"));
        switch (mode)
        {
            case TransferMode.Auto:
                Assert.InRange(buffered, 100, Total / 2);
                break;
            case TransferMode.RequireZeroCopy:
                Assert.Equal(0, buffered);
                break;
            default:
                Assert.Equal(0, spliced);
                break;
        }
    }

    private static async Task<Socket> Accept(Socket listener, Task child)
    {
        Task<Socket> accept = Deadline.OnThread(listener.Accept);
        if (await Task.WhenAny(accept, child).Within("the child's connection") == child)
        {
            listener.Dispose(); // It failed before it connected; its message says why.
            await child;
        }

        return await accept;
    }

    private static string Port(EndPoint endPoint) => ((IPEndPoint)endPoint).Port.ToString(CultureInfo.InvariantCulture);

    private static async Task<long> AddedTo(long count, Task<long> more) => count + await more;

    // A call that another thread's line cuts in two ends in a "resumed" line, which has the result.
    private static long Sum(string trace, string name) => Results().Matches(trace)
        .Where(match => match.Groups["name"].Value == name)
        .Sum(match => long.Parse(match.Groups["count"].ValueSpan, CultureInfo.InvariantCulture));

    [GeneratedRegex(@"^\d+ +(<\.\.\. )?(?<name>\w+)( resumed>|\().*\) += (?<count>\d+)", RegexOptions.Multiline)]
    private static partial Regex Results();

    internal sealed class TracedChild : IChild
    {
        public int Run(string[] args)
        {
            using Socket source = Connect(args[0]);
            using Socket destination = Connect(args[1]);
            TransferOptions options = new() { Mode = Enum.Parse<TransferMode>(args[2]) };
            TransferResult result = args[3] == nameof(Call.Sync)
                ? Transfer.Copy(source, destination, options)
                : Transfer.CopyAsync(source, destination, options).AsTask().GetAwaiter().GetResult();
            Console.WriteLine($"{result.BytesSpliced} {result.BytesBuffered}");
            return 0;
        }

        private static Socket Connect(string port)
        {
            Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Connect(IPAddress.Loopback, int.Parse(port, CultureInfo.InvariantCulture));
            return socket;
        }
    }
}
