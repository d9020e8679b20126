using McpWorkflows.Engine.Journal;
using McpWorkflows.Journal.Postgres;
using Npgsql;

namespace McpWorkflows.Journal.Tests.Postgres;

public sealed class PostgresAddressTests
{
    [Theory]
    [InlineData("postgres://me@db.example:5433/work", "db.example", 5433, "work", "me", null)]
    [InlineData("postgresql://m%40e:p%2Fw%3Ax%40@db.example/wo%20rk", "db.example", 5432, "wo rk", "m@e", "p/w:x@")]
    [InlineData("postgres://me@[::1]:5433/work", "::1", 5433, "work", "me", null)]
    [InlineData("postgres://me@[::1]/work", "::1", 5432, "work", "me", null)]
    [InlineData("POSTGRES://me@db.example", "db.example", 5432, "me", "me", null)]
    [InlineData("postgres:///work?host=/run/postgresql&user=me", "/run/postgresql", 5432, "work", "me", null)]
    [InlineData("postgres://me@one:1,two:2/work", "one:1,two:2", 5432, "work", "me", null)]
    public void Parse_Address_TakesItsParts(string uri, string host, int port, string database, string user, string? password)
    {
        var read = PostgresAddress.Parse(uri, static _ => null).Connection;

        Assert.Equal((host, port, database, user, password), (read.Host, read.Port, read.Database, read.Username, read.Password));
    }

    [Fact]
    public void Parse_Settings_GoByTheNamesOfPostgresAndOfTheDriver()
    {
        var read = PostgresAddress.Parse(
            "postgres://me@db/work?sslmode=verify-full&sslrootcert=/ca.pem&connect_timeout=7&search_path=flows&Maximum%20Pool%20Size=3", static _ => null).Connection;

        Assert.Equal((SslMode.VerifyFull, "/ca.pem", 7, "flows", 3), (read.SslMode, read.RootCertificate, read.Timeout, read.SearchPath, read.MaxPoolSize));
    }

    [Fact]
    public void Parse_WhatTheAddressLeavesOut_ComesFromTheEnvironment()
    {
        var environment = new Dictionary<string, string> { ["PGHOST"] = "db", ["PGPORT"] = "77", ["PGDATABASE"] = "work", ["PGSSLMODE"] = "require" };

        var read = PostgresAddress.Parse("postgres://", environment.GetValueOrDefault).Connection;
        Assert.Equal(("db", 77, "work", SslMode.Require), (read.Host, read.Port, read.Database, read.SslMode));

        var named = PostgresAddress.Parse("postgres://other:88/plan?sslmode=disable", environment.GetValueOrDefault).Connection;
        Assert.Equal(("other", 88, "plan", SslMode.Disable), (named.Host, named.Port, named.Database, named.SslMode));
    }

    [Theory]
    [InlineData("postgres://me:secret@db:port/work")]
    [InlineData("postgres://me:secret@db/work?sslmode=perhaps")]
    [InlineData("postgres://me:secret@db/work?nonsense=1")]
    [InlineData("postgres://me:secret@db/work?nonsense")]
    [InlineData("postgres://me@db:secret/work")]
    [InlineData("postgres://me@db/work?connect_timeout=secret")]
    public void Parse_NoAddress_SaysHowToWriteOneAndKeepsThePassword(string uri)
    {
        var refused = Assert.Throws<JournalException>(() => PostgresAddress.Parse(uri, static _ => null));

        Assert.Contains("Write postgres://user@host:5432/database", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", refused.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("postgres://me:secret@db:1/work?sslmode=disable", "postgres://db:1/work")]
    [InlineData("postgresql://db/work", "postgres://db/work")]
    [InlineData("postgres://me:sec?ret@db/work", "postgres://…")]
    [InlineData("postgres://db/work?password=sec@ret", "postgres://…")]
    [InlineData("/home/me/journal.db", "/home/me/journal.db")]
    public void Describe_Address_ShowsNoSecret(string journal, string shown) => Assert.Equal(shown, JournalPath.Describe(journal));

    [Fact]
    public void Resolve_Address_StaysAsItIs()
    {
        Assert.Equal("postgres://db/work", JournalPath.Resolve("postgres://db/work", static _ => null, static _ => "/data"));
        Assert.Equal("postgres://db/work", JournalPath.Resolve(null, static _ => "postgres://db/work", static _ => "/data"));
    }
}
