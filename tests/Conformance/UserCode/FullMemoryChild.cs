// Copies into a stream in memory until there is no more of it.
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;
using Zerocopy.Conformance.Meta;

namespace Zerocopy.Conformance.UserCode;

/// <summary>Arguments: sync, async or relay.</summary>
internal sealed class FullMemoryChild : IChild
{
    private const int Rounds = 3;
    private const int PieceBytes = 64 * 1024;

    public int Run(string[] args)
    {
        for (int round = 0; round < Rounds; round++)
        {
            Fill(args[0]).GetAwaiter().GetResult();
            GC.Collect();
        }

        Console.WriteLine("done");
        return 0;
    }

    private static async Task Fill(string how)
    {
        using Rig rig = new(Family.Tcp, Family.Tcp);
        using MemoryStream memory = new();
        Task writer = Deadline.OnThread(() => SendUntilItFails(rig.Writer));
        if (how == "relay")
        {
            RelayResult result = await Relay.RunAsync(
                rig.Source, memory, new RelayOptions { CloseEndpoints = true }).Within("the relay");
            Assert.Equal(RelayEnd.RightFailed, result.EndedBy);
            Assert.IsType<OutOfMemoryException>(result.Exception);
        }
        else
        {
            Call call = Enum.Parse<Call>(how, ignoreCase: true);
            TransferException thrown = await Assert.ThrowsAsync<TransferException>(
                () => Rig.Start(call, rig.Source, memory).Within("the transfer"));
            Assert.IsType<OutOfMemoryException>(thrown.InnerException);
            Assert.Equal((TransferSide.Destination, memory.Length), (thrown.Side, thrown.Progress.BytesWritten));
            await Deadline.OnThread(rig.Source.Dispose).Within("the dispose of the other end", 2000);
        }

        await writer.Within("the writer");
        await Untouched.AssertReleased(rig);
    }

    private static void SendUntilItFails(Socket socket)
    {
        byte[] piece = new byte[PieceBytes];
        while (socket.Send(piece, SocketFlags.None, out SocketError error) > 0 && error == SocketError.Success)
        {
        }
    }
}
