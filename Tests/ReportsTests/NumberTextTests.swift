import Reports
import Testing

@Suite("NumberText")
struct NumberTextTests {
  @Test(
    "thousands are told apart by commas",
    arguments: [
      (0, "0"), (999, "999"), (1000, "1,000"), (1_845_354, "1,845,354"), (-12345, "-12,345"),
      (Int.min, "-9,223,372,036,854,775,808"),
    ])
  func grouped(number: Int, text: String) { #expect(NumberText.grouped(number) == text) }

  @Test(
    "decimals are rounded half away from zero",
    arguments: [
      (0.98345, 4, "0.9835"), (1, 2, "1.00"), (0.5, 0, "1"), (-0.125, 2, "-0.13"),
      (-0.001, 2, "0.00"), (12.0625, 3, "12.063"), (.infinity, 2, "inf"),
      (.nan, 2, "not a number"), (-.nan, 4, "not a number"), (84_378_009_410_673.78, 4, "8.438e13"),
      (999_999_999, 4, "999999999.0000"), (-1e9, 0, "-1e9"), (1e308, 9, "1e308"),
    ])
  func fixed(value: Double, decimals: Int, text: String) {
    #expect(NumberText.fixed(value, decimals) == text)
  }

  @Test(
    "short numbers have no superfluous digits",
    arguments: [
      (0, "0"), (0.001, "0.001"), (0.1 + 0.2, "0.3"), (2.5e-5, "2.5e-5"), (123456, "123500"),
      (1.0e7, "1e7"), (99999.9, "100000"), (-3.14159, "-3.142"),
    ])
  func short(value: Double, text: String) { #expect(NumberText.short(value) == text) }

  @Test(
    "bytes have three digits",
    arguments: [
      (0, "0 B"), (999, "999 B"), (1000, "1.00 kB"), (28_881, "28.9 kB"), (9_912_422, "9.91 MB"),
      (170_052_171, "170 MB"), (999_999, "1.00 MB"), (2_000_000_000_000, "2.00 TB"),
    ])
  func bytes(count: Int, text: String) { #expect(NumberText.bytes(count) == text) }

  @Test(
    "spans of time get coarser as they grow",
    arguments: [
      (0.418, "0.42 s"), (9.996, "10.0 s"), (59.94, "59.9 s"), (59.96, "1:00"), (247.2, "4:07"),
      (3765, "1:02:45"), (.nan, "–"),
    ])
  func duration(seconds: Double, text: String) { #expect(NumberText.duration(seconds) == text) }
}
