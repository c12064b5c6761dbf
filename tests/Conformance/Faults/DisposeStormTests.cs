// One end is disposed by another thread at a random moment: it ends soon, and the number's next owner is left alone.
using Xunit;
using Zerocopy.Conformance.Files;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Faults;

public sealed class DisposeStormTests
{
    private const int Rounds = 15;
    private const int SentinelsMax = 12;

    public enum Ends
    {
        Sockets,
        SocketToPipe,
        PipeToSocket,
        SocketToFile,
        FileToSocket,
    }

    public static TheoryData<Ends, Call> Rows { get; } =
        new MatrixTheoryData<Ends, Call>(Enum.GetValues<Ends>(), Enum.GetValues<Call>());

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Rows))]
    public async Task It_ends_soon_and_touches_no_number_that_is_not_its_own(Ends ends, Call call)
    {
        Random random = new(20_261);
        for (int round = 0; round < Rounds; round++)
        {
            using Rig rig = new(Family.Tcp, Family.Unix);
            using Pipe pipe = Pipe.Create();
            using PlacedFile placed = PlacedFile.OfPattern(Place.Memory, 1_000_000);
            using FileStream file = placed.Open();
            TransferEndpoint from = ends switch
            {
                Ends.PipeToSocket => pipe,
                Ends.FileToSocket => file,
                _ => rig.Source,
            };
            TransferEndpoint to = ends switch
            {
                Ends.SocketToPipe => pipe,
                Ends.SocketToFile => file,
                _ => rig.Destination,
            };
            rig.Writer.Send(Pattern.Default.Slice(0, 200_000).Span[..random.Next(1, 100_000)]);
            if (ends == Ends.PipeToSocket)
            {
                pipe.Write(new byte[1000]);
            }

            Task<TransferResult> transfer = Rig.Start(call, from, to);
            Thread.SpinWait(random.Next(30_000));
            TransferEndpoint victim = random.Next(2) == 0 ? from : to;
            await Deadline.OnThread((victim.Value as IDisposable ?? pipe).Dispose).Within("Dispose", 3000);

            // The lowest free numbers are given out first: these get the ones that were closed.
            Pipe[] sentinels = [.. Enumerable.Range(0, SentinelsMax).Select(_ => Pipe.Create())];
            try
            {
                _ = await transfer.Within("the transfer", 3000);
                Assert.Equal(Ends.FileToSocket, ends); // All of it was sent before.
            }
            catch (ObjectDisposedException)
            {
                // Told so.
            }

            foreach (Pipe sentinel in sentinels)
            {
                Assert.Equal(0, sentinel.Available);
                sentinel.Write("mine"u8);
                Assert.Equal(4, sentinel.Available);
                sentinel.CloseWrite();
                byte[] four = new byte[5];
                Assert.Equal(4, sentinel.Read(four));
                Assert.Equal("mine"u8, four.AsSpan(0, 4));
                sentinel.Dispose();
            }
        }
    }
}
