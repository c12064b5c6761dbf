// AsyncLocals and the activity of whoever began a transfer are there where his code is called.
using System.Diagnostics;
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.UserCode;

public sealed class ContextTests
{
    private static readonly AsyncLocal<string?> s_local = new();

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(Call.Sync)]
    [InlineData(Call.Async)]
    [Cases("F-25")]
    public async Task Streams_and_progress_see_the_context_of_the_call(Call call)
    {
        List<(string Where, string? Value, string? Activity)> seen = [];
        void See(string where)
        {
            lock (seen)
            {
                seen.Add((where, s_local.Value, Activity.Current?.OperationName));
            }
        }

        using Rig rig = new(Family.Tcp, Family.Tcp);
        using Activity activity = new("transfer");
        activity.Start();
        s_local.Value = "mine";
        using HostileStream source = new()
        {
            Reads = async (_, before) =>
            {
                See("read");
                await Task.Delay(1);
                return before < 5 ? 10 : 0;
            },
        };
        using HostileStream destination = new()
        {
            Writes = async token =>
            {
                See("write");
                await Task.Delay(1, token);
            },
            Flushes = async token =>
            {
                See("flush");
                await Task.Delay(1, token);
            },
        };
        TransferOptions options = new() { Progress = new Reports(() => See("progress")) };
        Task<TransferResult> transfer = Rig.Start(call, source, destination, options);
        s_local.Value = "changed";
        activity.Stop();
        Assert.Equal(50, (await transfer.Within("the transfer")).BytesWritten);

        Assert.Equal(["flush", "progress", "read", "write"], seen.Select(one => one.Where).Distinct().Order());
        Assert.All(seen, one => Assert.Equal(("mine", "transfer"), (one.Value, one.Activity)));
        await Untouched.AssertReleased(rig);
    }

    [Fact(Timeout = Deadline.Ms)]
    [Cases("F-25")]
    public async Task In_relays_between_sockets_progress_sees_it_and_in_those_with_streams_the_dispose_does()
    {
        List<string?> seen = [];
        using Rig rig = new(Family.Tcp, Family.Tcp);
        s_local.Value = "relay";
        RelayOptions options = new()
        {
            LeftToRight = new FlowOptions { Progress = new Reports(() => seen.Add(s_local.Value)) },
        };
        Task<RelayResult> relay = Relay.RunAsync(rig.Source, rig.Destination, options).AsTask();
        rig.Writer.Send("hello"u8);
        rig.Writer.Shutdown(SocketShutdown.Send);
        rig.Reader.Shutdown(SocketShutdown.Send);
        _ = await relay.Within("the relay");
        Assert.All(seen, value => Assert.Equal("relay", value));

        using HostileStream stream = new() { Disposes = () => seen.Add(s_local.Value) };
        _ = await Relay.RunAsync(stream, rig.Destination, new RelayOptions { CloseEndpoints = true })
            .Within("the relay of a stream");
        Assert.Equal("relay", seen[^1]);
        await Untouched.AssertReleased(rig);
    }

    [Fact(Timeout = Deadline.Ms)]
    [Cases("F-25")]
    public async Task What_a_stream_sets_there_stays_its_own()
    {
        using Rig rig = new(Family.Tcp, Family.Tcp);
        s_local.Value = "mine";
        List<string?> seen = [];
        using HostileStream source = new()
        {
            Reads = (_, before) =>
            {
                seen.Add(s_local.Value);
                s_local.Value = "theirs";
                return new ValueTask<int>(Task.Delay(1).ContinueWith(
                    _ => before < 3 ? 1 : 0, TaskScheduler.Default));
            },
        };
        TransferResult result = await Transfer.CopyAsync(source, rig.Destination).Within("the transfer");
        Assert.Equal((3, "mine"), (result.BytesWritten, s_local.Value));
        Assert.Equal("mine", seen[0]);
        await Untouched.AssertReleased(rig);
    }

    private sealed class Reports(Action report) : IProgress<TransferProgress>
    {
        public void Report(TransferProgress value) => report();
    }
}
