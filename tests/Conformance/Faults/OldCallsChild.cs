// Shuts itself into a sandbox that refuses newer calls, then moves bytes every way there is.
using System.Globalization;
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Files;
using Zerocopy.Conformance.Harness;
using Zerocopy.Conformance.Meta;

namespace Zerocopy.Conformance.Faults;

/// <summary>Arguments: the errno, then the calls that are refused with it.</summary>
internal sealed class OldCallsChild : IChild
{
    private const int Bytes = 300_001;

    public int Run(string[] args)
    {
        if (!File.Exists("/proc/sys/kernel/seccomp/actions_avail"))
        {
            return ChildProcess.Skip("this kernel has no seccomp filters");
        }

        Libc.RefuseSystemCalls(
            int.Parse(args[0], CultureInfo.InvariantCulture), [.. args.Skip(1).Select(Libc.NumberOf)]);
        foreach (TransferMode mode in (TransferMode[])[TransferMode.Auto, TransferMode.CopyOnly])
        {
            foreach (Call call in Enum.GetValues<Call>())
            {
                foreach (What from in Enum.GetValues<What>())
                {
                    foreach (What to in Enum.GetValues<What>())
                    {
                        Move(from, to, mode, call).GetAwaiter().GetResult();
                    }
                }

                Mirror(mode, call).GetAwaiter().GetResult();
            }
        }

        Console.WriteLine("done");
        return 0;
    }

    private static async Task Move(What from, What to, TransferMode mode, Call call)
    {
        string what = $"{from} to {to}, {mode}, {call}";
        using AnySource source = new(from, PipeForm.Blocking, Bytes);
        using AnyDestination destination = new(to, PipeForm.Blocking);
        TransferResult result = await Rig.Start(
            call, source.Endpoint, destination.Endpoint, new TransferOptions { Mode = mode }).Within(what, 10_000);
        Assert.Equal((Bytes, TransferEnd.EndOfStream), (result.BytesWritten, result.EndedBy));
        Assert.Equal(Bytes, await destination.EndAndCount());
        await source.Fed.Within($"the writer, {what}");
    }

    private static async Task Mirror(TransferMode mode, Call call)
    {
        using Rig rig = new(Family.Tcp, Family.Unix);
        using PlacedFile file = new(Place.Disk);
        using FileStream mirror = file.Open();
        TransferOptions options = new() { Mode = mode, Mirror = mirror };
        Task<long> writer = Peer.Write(rig.Writer, Bytes);
        Task<Received> reader = Peer.Read(rig.Reader);
        TransferResult result = await rig.Start(call, options).Within($"a mirrored transfer, {mode}, {call}");
        rig.Destination.Shutdown(SocketShutdown.Send);
        await Peer.AssertAll(Bytes, writer, reader);
        Assert.Equal(Bytes, result.Mirror!.BytesMirrored);
        Pattern.Default.AssertEqual(file.ReadBytes());
    }
}
