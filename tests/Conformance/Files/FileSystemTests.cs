// The same moves on other file systems, each mounted for its test alone: what they refuse is copied.
using Xunit;
using Zerocopy.Conformance.Harness;
using Zerocopy.Conformance.Meta;

namespace Zerocopy.Conformance.Files;

[Cases("X-15")]
public sealed class FileSystemTests
{
    [Fact]
    public void Every_move_on_ext4() => Run("ext4");

    [Fact]
    public void Every_move_on_xfs() => Run("xfs");

    [Fact]
    public void Every_move_on_btrfs() => Run("btrfs");

    [Fact]
    public void Every_move_on_an_overlay() => Run("overlay");

    // In a mount namespace of its own: nothing stays mounted, however the child ends.
    private static void Run(string type)
    {
        if (!Mount.IsPossible)
        {
            Assert.Skip("nothing can be mounted here");
        }

        DirectoryInfo directory = Directory.CreateTempSubdirectory("zerocopy-fs-");
        try
        {
            string output = ChildProcess.Run<FileSystemChild>([type, directory.FullName], "unshare", "--mount");
            Assert.Contains("done", output, StringComparison.Ordinal);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }
}
