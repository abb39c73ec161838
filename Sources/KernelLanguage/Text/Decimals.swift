/// The shortest decimals that read back as `value`; whole numbers without a point.
package func shortest(_ value: Double) -> String {
  if value == value.rounded(), abs(value) < 1e15 { return String(Int(value)) }
  return value.description
}
