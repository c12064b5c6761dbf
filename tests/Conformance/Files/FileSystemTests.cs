// The same moves on other file systems, each mounted for its test alone: what they refuse is copied.
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Files;

[Cases("X-15")]
public sealed class FileSystemTests
{
    [Fact]
    public void Every_move_on_ext4() => Mount.RunAlone<FileSystemChild>("ext4");

    [Fact]
    public void Every_move_on_xfs() => Mount.RunAlone<FileSystemChild>("xfs");

    [Fact]
    public void Every_move_on_btrfs() => Mount.RunAlone<FileSystemChild>("btrfs");

    [Fact]
    public void Every_move_on_an_overlay() => Mount.RunAlone<FileSystemChild>("overlay");
}
