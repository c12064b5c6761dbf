// What the library keeps on purpose: made full at the beginning, or emptied, so that what grows is a leak.
namespace Zerocopy.Soak;

internal static class LibraryCaches
{
    /// <summary>More than any pool of blocks keeps.</summary>
    private const int Blocks = 300;

    /// <summary>Has each pool keep as many blocks as it ever will, all of them resident.</summary>
    internal static void Fill()
    {
        foreach (MoveResources resources in All)
        {
            foreach (bool small in (bool[])[true, false])
            {
                List<Block> blocks = [.. Enumerable.Range(0, Blocks).Select(_ => resources.Blocks.TryRent(small)!)];
                foreach (Block block in blocks)
                {
                    block.Span.Fill(1);
                    resources.Blocks.Return(block);
                }
            }
        }
    }

    /// <summary>Closes the idle pipes.</summary>
    internal static void Trim()
    {
        foreach (MoveResources resources in All)
        {
            resources.Pipes?.Trim();
        }
    }

    internal static IEnumerable<MoveResources> All
        => LoopGroup.Default.Hosts.Concat(SharedServers.OwnGroup.Hosts).Select(host => host.Resources)
            .Append(MoveResources.Shared);
}
