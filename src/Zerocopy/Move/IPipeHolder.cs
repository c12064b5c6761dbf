namespace Zerocopy;

/// <summary>A stream that is nothing but an end of a pipe, and so can be seen through.</summary>
internal interface IPipeHolder
{
    PipeCore Core { get; }
}
