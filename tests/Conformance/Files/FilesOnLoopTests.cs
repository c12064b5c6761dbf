// What is in memory of a file is sent by the loop, without another thread; a loop never waits for a disk.
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Faults;
using Zerocopy.Conformance.Harness;
using Zerocopy.Conformance.Metrics;

namespace Zerocopy.Conformance.Files;

[KernelOnly(Why.Mechanism)]
public sealed class FilesOnLoopTests
{
    private const int Total = 8 << 20;

    /// <summary>A transfer that begins on a thread that is not the pool's, to a reader that does not keep up.</summary>
    [Theory(Timeout = Deadline.Ms)]
    [InlineData(Family.Tcp, TransferMode.Auto)]
    [InlineData(Family.Unix, TransferMode.Auto)]
    [InlineData(Family.Tcp, TransferMode.CopyOnly)]
    [Cases("F-97")]
    public async Task What_is_in_memory_is_sent_by_the_loop(Family family, TransferMode mode)
    {
        await UnlessSlow(FilePages.Hot, () => Send(Place.Disk, family, mode), (kernel, meter) =>
        {
            Assert.Null(kernel.Violation);
            Assert.Equal(0, kernel.TakenElsewhere);
            Assert.Equal(kernel.Asked, kernel.TakenOnLoop);
            Assert.Equal((kernel.Asked, 0, 0, 0), meter.Pieces);
            Assert.True(kernel.Asked >= Total / PageGauge.PieceBytes, $"{kernel.Asked}");
        });
    }

    [Fact(Timeout = Deadline.Ms)]
    [Cases("F-97")]
    public async Task A_file_system_in_memory_is_asked_once()
    {
        await UnlessSlow(
            FilePages.AlwaysHot, () => Send(Place.Memory, Family.Tcp, TransferMode.Auto), (kernel, meter) =>
            {
                Assert.Null(kernel.Violation);
                Assert.Equal((1, 0), (kernel.Asked, kernel.TakenElsewhere));
                Assert.Equal((kernel.TakenOnLoop, 0, 0, 0), meter.Pieces);
            });
    }

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(TransferMode.Auto)]
    [InlineData(TransferMode.CopyOnly)]
    [Cases("F-97")]
    public async Task What_is_not_in_memory_is_left_to_the_pool_and_asked_for_again(TransferMode mode)
    {
        using MeterProbe meter = new();
        using PagesKernel kernel = new(static _ => FilePages.Cold);
        await Send(Place.Disk, Family.Tcp, mode);
        Assert.Null(kernel.Violation);
        Assert.Equal(0, kernel.TakenOnLoop);
        Assert.Equal((0, kernel.Asked, 0, 0), meter.Pieces);
        Assert.True(kernel.Asked >= 2 && kernel.TakenElsewhere >= 2, $"{kernel.Asked}, {kernel.TakenElsewhere}");
    }

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(TransferMode.Auto)]
    [InlineData(TransferMode.CopyOnly)]
    [Cases("F-97")]
    public async Task Who_does_not_say_is_asked_once_and_left_to_the_pool(TransferMode mode)
    {
        using MeterProbe meter = new();
        using PagesKernel kernel = new(static _ => FilePages.Unknown);
        await Send(Place.Disk, Family.Tcp, mode);
        Assert.Equal((1, 0), (kernel.Asked, kernel.TakenOnLoop));
        Assert.Equal((0, 0, 1, 0), meter.Pieces);
    }

    /// <summary>A socket that is full is waited for, whoever's turn it was.</summary>
    [Theory(Timeout = Deadline.Ms)]
    [InlineData(nameof(FilePages.Hot), false)]
    [InlineData(nameof(FilePages.Cold), false)]
    [InlineData(nameof(FilePages.Cold), true)]
    [InlineData(nameof(FilePages.Unknown), false)]
    [InlineData(nameof(FilePages.Unknown), true)]
    [Cases("F-97")]
    public async Task Who_waits_for_the_socket_does_nothing_else(string answer, bool onPool)
    {
        FilePages said = Enum.Parse<FilePages>(answer);
        using PagesKernel kernel = new(_ => said);
        await Send(Place.Disk, Family.Tcp, TransferMode.Auto, onPool: onPool, stall: async () =>
        {
            await Task.Delay(100); // By then it is full.
            int calls = kernel.Asked + kernel.TakenElsewhere + kernel.TakenOnLoop;
            await Task.Delay(300);
            Assert.InRange(kernel.Asked + kernel.TakenElsewhere + kernel.TakenOnLoop - calls, 0, 20);
        });
    }

    [Fact(Timeout = Deadline.Ms)]
    [Cases("F-97")]
    public async Task What_took_long_all_the_same_is_the_last_that_a_loop_took()
    {
        using MeterProbe meter = new();
        using PagesKernel kernel = new(static _ => FilePages.Hot) { FirstMs = 5 * PageGauge.SlowMs };
        await Send(Place.Disk, Family.Tcp, TransferMode.Auto);
        Assert.Equal((1, 1), (kernel.Asked, kernel.TakenOnLoop));
        Assert.Equal((1, 0, 0, 1), meter.Pieces);
    }

    /// <summary>Whatever the kernel says of which piece, every byte arrives, and no loop takes what may not be there.
    /// </summary>
    [Theory(Timeout = Deadline.Ms)]
    [InlineData(TransferMode.Auto)]
    [InlineData(TransferMode.CopyOnly)]
    [InlineData(TransferMode.RequireZeroCopy)]
    [Cases("F-97")]
    public async Task Every_byte_arrives_whatever_is_in_memory(TransferMode mode)
    {
        for (int seed = 0; seed < 20; seed++)
        {
            Random random = new(seed);
            FilePages last = seed % 2 == 0 ? FilePages.AlwaysHot : FilePages.Unknown; // Nobody asks again after it.
            using PagesKernel kernel = new(_ => random.Next(20) switch
            {
                0 => last,
                < 10 => FilePages.Cold,
                _ => FilePages.Hot,
            });
            await Send(Place.Disk, random.Next(2) == 0 ? Family.Tcp : Family.Unix, mode, random.Next(1, Total / 4));
            Assert.Null(kernel.Violation);
        }
    }

    /// <summary>A thread of the pool is there already: the first turn is its.</summary>
    [Fact(Timeout = Deadline.Ms)]
    [Cases("F-97")]
    public async Task Whoever_begins_on_a_thread_of_the_pool_has_the_first_turn_there()
    {
        using PagesKernel kernel = new(static _ => FilePages.Hot);
        await Send(Place.Disk, Family.Tcp, TransferMode.Auto, onPool: true);
        Assert.Null(kernel.Violation);
        Assert.True(kernel.TakenElsewhere > 0 && kernel.TakenOnLoop > 0, "both have a part of it");
    }

    /// <summary>An ext4 of its own, whose cache is dropped.</summary>
    [Fact]
    [Cases("F-97")]
    public void A_file_on_a_disk_is_cold_and_then_hot()
        => Mount.RunAlone<ColdFileChild>();

    /// <summary>A file system of ours, in which a read lasts as long as we like.</summary>
    [Fact]
    [Cases("F-97")]
    public void Nobody_on_the_loop_waits_for_a_file_system_that_sleeps()
        => Mount.RunAlone<SleepingFileChild>();

    /// <summary>A machine that is busy with other things makes a piece seem slow: then once more.</summary>
    private static async Task UnlessSlow(FilePages answer, Func<Task> send, Action<PagesKernel, MeterProbe> check)
    {
        const int Tries = 20;
        for (int tries = 1; ; tries++)
        {
            using MeterProbe meter = new();
            using PagesKernel kernel = new(_ => answer);
            await send();
            if (meter.Pieces.Slow == 0 || tries == Tries)
            {
                check(kernel, meter);
                return;
            }
        }
    }

    private static async Task Send(
        Place place, Family family, TransferMode mode, int bytes = Total, bool onPool = false, Func<Task>? stall = null)
    {
        using PlacedFile file = PlacedFile.OfPattern(place, bytes);
        using FileStream stream = file.Open(FileAccess.Read);
        using SocketPair pair = SocketPair.Connect(family, bufferBytes: 64 * 1024);
        TransferOptions options = new() { Mode = mode };
        Task<TransferResult> Begin() => Transfer.CopyAsync(stream, pair.Near, options).AsTask();
        Task<TransferResult> transfer = await (onPool
            ? Task.Factory.StartNew(Begin, default, TaskCreationOptions.None, TaskScheduler.Default)
            : Deadline.OnThread(Begin));
        await (stall?.Invoke() ?? Task.CompletedTask);
        Task<Received> reader = Peer.Read(pair.Far);
        TransferResult result = await transfer.Within("the transfer");
        pair.Near.Shutdown(SocketShutdown.Send);
        Assert.Equal(bytes, result.BytesWritten);
        Assert.InRange( // A socket that is full just now may take a block by a copy, unless that is forbidden.
            result.BytesSendfile,
            mode == TransferMode.CopyOnly ? 0 : mode == TransferMode.RequireZeroCopy ? bytes : 1,
            mode == TransferMode.CopyOnly ? 0 : bytes);
        Assert.Equal(new Received(bytes, SocketError.Success), await reader.Within("the reader"));
        Assert.Equal(bytes, stream.Position);
    }
}
