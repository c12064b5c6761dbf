namespace Zerocopy.Analyzers.CodeFixes;
