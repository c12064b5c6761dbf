using System.Net.Sockets;
using Zerocopy.Conformance.Harness;
using Zerocopy.Conformance.Meta;
namespace Zerocopy.Conformance.Relays;
internal sealed class Scratch : IChild
{
    public int Run(string[] args)
    {
        FdCaches.WarmUp();
        const int Count = 1000;
        Rig[] rigs = [.. Enumerable.Range(0, Count).Select(i => new Rig((Family)(i & 1), (Family)((i >> 1) & 1)))];
        if (args.Contains("toggle")) { foreach (Rig r in rigs) { foreach (Socket s in new[]{r.Source, r.Destination}) { s.Blocking=false; s.Blocking=true; } } }
        Task<RelayResult>[] relays = new Task<RelayResult>[Count];
        Relay[] relays2 = new Relay[Count];
        long before = GC.GetTotalMemory(true);
        for (int i = 0; i < Count; i++) { if (args.Contains("start")) relays2[i] = Relay.Start(rigs[i].Source, rigs[i].Destination); else relays[i] = Relay.RunAsync(rigs[i].Source, rigs[i].Destination).AsTask(); }
        Thread.Sleep(200);
        Console.WriteLine("started " + (GC.GetTotalMemory(true) - before) / Count);
        byte[] buffer = new byte[300000];
        long b2 = GC.GetTotalMemory(true);
        foreach (Rig rig in rigs)
        {
            rig.Writer.Send(Pattern.Default.Slice(0, 150000).Span);
            for (int done = 0; done < 150000;) done += rig.Reader.Receive(buffer, done, 150000 - done, SocketFlags.None);
            rig.Reader.Send("back"u8); rig.Writer.Receive(buffer);
        }
        Thread.Sleep(200);
        Console.WriteLine("busy " + (GC.GetTotalMemory(true) - b2) / Count);
        GC.KeepAlive(rigs); GC.KeepAlive(relays); GC.KeepAlive(relays2);
        return 0;
    }
}
