// Whatever streams, progress and callbacks of the program do: the result is published, everything is released, and
// nobody else notices.
using System.Diagnostics;
using Xunit;
using Zerocopy.Properties.Identity;
using Zerocopy.Properties.Simulation;

namespace Zerocopy.Properties.Hostile;

[Collection(nameof(RealKernel))]
public sealed class HostileStreamsTests(ITestOutputHelper output)
{
    /// <summary>Set it to the printed seed of a schedule, and that one alone is run.</summary>
    private const string ReplayVariable = "ZEROCOPY_HOSTILE";

    private const int Schedules = 20_000;
    private const int AtOnce = 96; // Some wait for a quarter of a second.
    private const int Bystanders = 4;
    private const int Contents = 1000; // Theirs are none of the schedules'.
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Nobody_else_notices()
    {
        if (Environment.GetEnvironmentVariable(ReplayVariable) is { Length: > 0 } printed)
        {
            await Run(ulong.Parse(printed));
            return;
        }

        string? asked = Environment.GetEnvironmentVariable(ManySchedules.CountVariable);
        int schedules = asked is { Length: > 0 } ? int.Parse(asked) : Schedules;
        ulong first = (ulong)Random.Shared.NextInt64();
        Stopwatch clock = Stopwatch.StartNew();
        await Many(first, AtOnce);
        int before = Descriptors.Count();
        using CancellationTokenSource done = new();
        Task<int>[] bystanders = [.. Enumerable.Range(0, Bystanders).Select(i => Bystand(i, done.Token))];
        await Many(first + AtOnce, schedules);
        await done.CancelAsync();
        int[] rounds = await Task.WhenAll(bystanders).WaitAsync(s_timeout, TestContext.Current.CancellationToken);

        output.WriteLine($"from {first}: {schedules} in {clock.Elapsed.TotalSeconds:f1} s, {rounds.Sum()} beside them");
        Assert.All(rounds, count => Assert.True(count > 0, "a bystander did not come to its end once"));
        await AssertReleased(before);
    }

    private static async Task Many(ulong first, int schedules)
    {
        Dictionary<Task, ulong> running = [];
        for (int i = 0; i < schedules || running.Count > 0;)
        {
            if (i < schedules && running.Count < AtOnce)
            {
                ulong seed = first + (ulong)i++;
                running.Add(Task.Run(() => Run(seed)), seed);
                continue;
            }

            Task next = Task.WhenAny(running.Keys);
            if (await Task.WhenAny(next, Task.Delay(s_timeout)) != next)
            {
                Assert.Fail($"these schedules do not end: {string.Join(' ', running.Values)}");
            }

            foreach (Task ended in running.Keys.Where(task => task.IsCompleted).ToList())
            {
                running.Remove(ended);
                await ended;
            }
        }
    }

    private static async Task Run(ulong seed)
    {
        using HostileSchedule schedule = new(seed);
        await schedule.Run();
    }

    /// <summary>Honest transfers between streams and through sockets, one after the other.</summary>
    private static async Task<int> Bystand(int index, CancellationToken done)
    {
        SimRandom random = new((ulong)index);
        int rounds = 0;
        while (!done.IsCancellationRequested)
        {
            PeerScript script = new(
                Contents + index, rounds * 7L, random.Below(200_000), random.Between(500, 9000), 1, random.Next());
            using ContentStream source = new(script);
            using ComparingStream destination = new(script);
            using Pipe pipe = Pipe.Create();
            Task<TransferResult> fill = pipe.ReadFromAsync(source, cancellationToken: CancellationToken.None).AsTask();
            TransferResult result = await pipe.WriteToAsync(destination, CancellationToken.None);
            Assert.Equal(
                (script.Bytes, script.Bytes, script.Bytes),
                (result.BytesWritten, destination.Got, (await fill).BytesWritten));
            rounds++;
        }

        return rounds;
    }

    private static async Task AssertReleased(int descriptorsBefore)
    {
        for (int i = 0; ; i++)
        {
            MoveResources[] places = [.. LoopGroup.Default.Hosts.Select(host => host.Resources), MoveResources.Shared];
            int blocks = places.Sum(place => place.Blocks.Rented);
            int watched = LoopGroup.Default.Hosts.Sum(host => host.Loop.WatchCount);
            int opened = Descriptors.Count() - descriptorsBefore;
            if (blocks == 0 && watched == 0 && opened <= AtOnce)
            {
                return; // Pipes and event counters that are kept for the next one are bounded by what ran at once.
            }

            Assert.True(i < 200, $"{blocks} blocks, {watched} registrations, {opened} descriptors are left over");
            GC.Collect();
            await Task.Delay(20);
        }
    }
}
