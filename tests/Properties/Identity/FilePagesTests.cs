// Whatever the kernel says of the pages of a file, the bytes are the same, and no loop takes what may not be in memory.
using FsCheck;
using FsCheck.Fluent;
using Xunit;
using Zerocopy.Conformance.Faults;
using Zerocopy.Properties.Simulation;

namespace Zerocopy.Properties.Identity;

[Collection(nameof(RealKernel))]
public sealed class FilePagesTests(ITestOutputHelper output)
{
    private const int Cases = 100;
    private const int CancelsMax = 10;
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(20);

    private long _onLoop;
    private long _elsewhere;
    private int _canceled;

    [Fact]
    public void A_file_arrives_whole_whatever_is_in_memory_of_it()
    {
        Property law = Prop.ForAll(TransferCases.Any(), Send);
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(Cases).WithQuietOnSuccess(true), law);
        output.WriteLine($"{_onLoop} pieces on a loop, {_elsewhere} elsewhere, {_canceled} cancels");
        Assert.True(_onLoop > 0 && _elsewhere > 0 && _canceled > 0, "not everything was asked");
    }

    private void Send(TransferCase c)
    {
        SimRandom random = new(c.Seed);
        int lastWord = random.Below(3); // Nobody asks again after an answer for the whole file: most get none.
        SimRandom pages = new(c.Seed + 1); // The loop asks.
        using PagesKernel kernel = new(_ => pages.Below(12) switch
        {
            0 when lastWord == 0 => FilePages.AlwaysHot,
            0 when lastWord == 1 => FilePages.Unknown,
            < 4 => FilePages.Cold,
            _ => FilePages.Hot,
        });
        string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        int head = random.Below(5000); // In front of what is sent.
        File.WriteAllBytes(path, [.. new byte[head], .. SimContent.Memory(1, 0, c.Bytes).Span]);
        try
        {
            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            file.Position = head;
            using Route route = new(c.SourceIsUnix, c.DestinationIsUnix);
            route.To.Ours.SendBufferSize = 20_000;
            Task<long> received = c.Reader.Receive(route.To.Peer);
            Assert.Equal(c.Bytes, SendAll(file, route, random));
            Assert.Equal(head + c.Bytes, file.Position);
            route.To.Ours.Dispose();
            Assert.Equal(c.Bytes, received.WaitAsync(s_timeout).GetAwaiter().GetResult());
        }
        finally
        {
            File.Delete(path);
        }

        Assert.Null(kernel.Violation);
        _onLoop += kernel.TakenOnLoop;
        _elsewhere += kernel.TakenElsewhere;
    }

    /// <summary>Cancelled now and then, and gone on with.</summary>
    private long SendAll(FileStream file, Route route, SimRandom random)
    {
        ReadOnlyMemory<byte> undelivered = default;
        long written = 0;
        for (int round = 0; ; round++)
        {
            TransferOptions options = new()
            {
                Mode = (TransferMode)random.Below(3),
                Prefix = undelivered,
                KeepUndelivered = true,
            };
            using CancellationTokenSource cancel = new();
            if (round < CancelsMax && random.Below(2) == 0)
            {
                cancel.CancelAfter(random.Below(4));
            }

            Outcome outcome = Outcome.Of(
                () => Transfer.CopyAsync(file, route.To.Ours, options, cancel.Token).AsTask(), s_timeout);
            written += outcome.Result.BytesWritten;
            undelivered = outcome.Undelivered;
            if (outcome.Result.EndedBy == TransferEnd.EndOfStream)
            {
                return written;
            }

            Assert.Equal(TransferEnd.Canceled, outcome.Result.EndedBy);
            _canceled++;
        }
    }
}
