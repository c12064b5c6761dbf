// Connections of the servers that live on: whole ones, and such that something happens to.
using Xunit;
using Zerocopy.Properties.Simulation;
using Zerocopy.Server;

namespace Zerocopy.Soak.Scenarios;

internal static class Served
{
    private const int FloodClients = 40;

    // One at a time: a server keeps what its connections were made of, as many as there were at once.
    private static readonly SemaphoreSlim s_flood = new(1);

    private enum Fault
    {
        ClientResets,
        PeerResets,

        /// <summary>It connects, says nothing and closes, some with a reset.</summary>
        SilentGoes,

        /// <summary>The same at once, before its upstream can have answered.</summary>
        SilentGoesAtOnce,

        /// <summary>Many at once do the same: more than one loop keeps for itself.</summary>
        Flood,
    }

    internal static async Task WholeAsync(Round round)
    {
        Conversation conversation = await Conversation.BeginAsync(round, SharedServers.Pick(round.Random));
        await conversation.AssertWhole();
    }

    internal static async Task CutAsync(Round round)
    {
        SimRandom random = round.Random;
        SoakServer server = SharedServers.Pick(random);
        Fault fault = (Fault)random.Below(5);
        round.What = $"{fault}";
        int after = random.Between(0, random.Pick<int>([1, 10_000, 1 << 20]));
        switch (fault)
        {
            case Fault.ClientResets:
                await (await Conversation.BeginAsync(round, server, clientResetAfter: after))
                    .AssertCut(RelayEnd.LeftFailed, isClientDead: true);
                break;
            case Fault.PeerResets:
                await (await Conversation.BeginAsync(round, server, peerResetAfter: after))
                    .AssertCut(RelayEnd.RightFailed, isPeerDead: true);
                break;
            case Fault.Flood:
                await s_flood.WaitAsync();
                try
                {
                    await SilentAsync(round, server, FloodClients, goAtOnce: false);
                }
                finally
                {
                    _ = s_flood.Release();
                }

                break;
            default:
                await SilentAsync(round, server, 1, fault == Fault.SilentGoesAtOnce);
                break;
        }
    }

    private static async Task SilentAsync(Round round, SoakServer server, int count, bool goAtOnce)
    {
        ServedClient[] clients = [.. Enumerable.Range(0, count)
            .Select(_ => round.Own(server.Connect(round.Random, isSilent: true)))];
        if (!goAtOnce)
        {
            await round.Moment();
        }

        foreach (ServedClient client in clients)
        {
            if (round.Random.Chance(50))
            {
                Link.Reset(client.Socket);
            }
            else
            {
                client.Socket.Dispose();
            }
        }

        foreach (ServedClient client in clients)
        {
            RelayConnection record = await round.Within(client.Record, "the record");
            round.What += $": {record.End}, {record.Relay}";
            Assert.True(record.End is RelayConnectionEnd.Relayed or RelayConnectionEnd.ClientLeft);
            Assert.Equal((0L, 0L), (record.Relay.LeftToRight.BytesConsumed, record.Relay.RightToLeft.BytesConsumed));
        }
    }
}
